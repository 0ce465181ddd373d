package dev.promptlab.eval.suite;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.promptlab.config.Nearest;
import dev.promptlab.eval.assertion.CalledTools;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// Reads providers and makes arms of them: each provider with each prompt that it takes.
final class ArmReader {
    private static final Set<String> KEYS = Set.of("id", "label", "config", "prompts", "transform", "delay", "env",
            "inputs");
    private static final Set<String> SECRETS = Set.of("apiKey", "apiKeyEnvar", "organization", "cost", "inputCost",
            "outputCost",
            "basePath", "showThinking", "passthrough", "apiKeyRequired");
    private static final Set<String> HOSTS = Set.of("apiHost", "apiBaseUrl", "headers", "url", "baseUrl");
    private static final Map<String, String> PARAMS = Map.ofEntries(Map.entry("max_tokens", "maxTokens"),
            Map.entry("max_completion_tokens", "maxTokens"), Map.entry("max_output_tokens", "maxTokens"),
            Map.entry("top_p", "topP"), Map.entry("top_k", "topK"), Map.entry("stop_sequences", "stop"),
            Map.entry("response_format", "responseFormat"), Map.entry("tool_choice", "toolChoice"),
            Map.entry("top_logprobs", "topLogprobs"), Map.entry("functions", "tools"));
    private static final int MAX_NAME = 60;

    /// A provider of the file with the arms made of it.
    record Target(String id, String label, List<Arm> arms) {
        /// By id or label; `name*` by its beginning, `name` also for `name:model`.
        boolean isMeant(String reference) {
            return isMeant(reference, id) || isMeant(reference, label);
        }

        private static boolean isMeant(String reference, String name) {
            return name.equals(reference) || name.startsWith(reference + ":")
                    || (reference.endsWith("*") && name.startsWith(reference.substring(0, reference.length() - 1)));
        }
    }

    private record Model(String provider, String model, ObjectNode params) {}

    private final SuiteFiles files;
    private final Problems problems;
    private final Keys keys;
    private final Set<String> providers;
    private final Item models;
    private final List<PromptReader.Named> prompts;
    private final Map<String, Integer> ids = new HashMap<>();
    private final Map<Arm, PromptReader.Named> origins = new HashMap<>();

    ArmReader(SuiteFiles files, Problems problems, Set<String> providers, Item models,
            List<PromptReader.Named> prompts) {
        this.files = files;
        this.problems = problems;
        this.keys = new Keys(problems);
        this.providers = new TreeSet<>(providers);
        this.models = models;
        this.prompts = prompts;
    }

    List<Target> read(Item root) {
        var item = root.has("providers") ? root.get("providers") : root.get("targets");
        if (item.isNull() || (item instanceof Item.Scalar(var json, _) && json.isMissingNode())) {
            problems.add(root.place(),
                    "there are no providers; write some under \"providers\", as in openai:gpt-4o-mini");
            return List.of();
        }
        var targets = new ArrayList<Target>();
        for (var each : item.each()) {
            for (var provider : loaded(each)) {
                var target = target(provider);
                if (target != null) {
                    targets.add(target);
                }
            }
        }
        return targets;
    }

    /// The prompt that an arm was made of.
    PromptReader.Named origin(Arm arm) {
        return Objects.requireNonNull(origins.get(arm), "an arm of another suite (bug)");
    }

    private List<Item> loaded(Item item) {
        if (!item.isText() || !SuiteFiles.isReference(item.json().textValue())) {
            return List.of(item);
        }
        var reference = item.json().textValue();
        try {
            if (SuiteFiles.isScript(reference)) {
                throw new ProblemException(item.place(),
                        "a provider cannot be a script: " + SuiteFiles.path(reference));
            }
            var found = new ArrayList<Item>();
            for (var file : files.find(reference, item.place())) {
                found.addAll(files.value(file, item.place()).each());
            }
            return found;
        } catch (ProblemException e) {
            problems.add(e.problem());
            return List.of();
        }
    }

    private @Nullable Target target(Item item) {
        if (item instanceof Item.Mapping(var entries, _, _) && !item.has("id") && entries.size() == 1) {
            var only = entries.firstEntry();
            var inner = keys.mapping(only.getValue(), "a provider");
            return target(inner.has("id") ? keys.text(inner, "id") : only.getKey(), inner);
        }
        if (item instanceof Item.Mapping) {
            keys.checkNearly(item, KEYS);
            return target(keys.text(item, "id"), item);
        }
        return item.isText() ? target(item.json().textValue(), Item.empty(item.place())) : bad(item);
    }

    private @Nullable Target bad(Item item) {
        problems.add(item.place(), "a provider must be text or an object with an id, not " + item.kind());
        return null;
    }

    private @Nullable Target target(String id, Item item) {
        var label = item.has("label") ? keys.text(item, "label") : id;
        var model = model(id, label, item.has("id") ? item.get("id").place() : item.place());
        if (model == null) {
            return null;
        }
        if (item.has("transform")) {
            problems.warn(item.get("transform").place(),
                    "\"transform\" of a provider has no effect; write it under options of the tests");
        }
        var params = params(item.get("config"));
        params.setAll(model.params());
        var arms = new ArrayList<Arm>();
        for (var prompt : taken(item)) {
            var own = params.deepCopy();
            own.setAll(params(prompt.config()));
            var arm = new Arm(unique(label + " / " + shortened(prompt.prompt().label())), prompt.prompt(), label,
                    model.provider(), model.model(), own);
            origins.put(arm, prompt);
            arms.add(arm);
        }
        return new Target(id, label, arms);
    }

    private List<PromptReader.Named> taken(Item item) {
        if (!item.has("prompts")) {
            return prompts;
        }
        var wanted = item.get("prompts").each();
        for (var reference : wanted) {
            if (prompts.stream().noneMatch(prompt -> prompt.isMeant(reference.json().asText()))) {
                problems.add(reference.place(), "there is no prompt \"" + reference.json().asText() + "\""
                        + Nearest.hint(reference.json().asText(),
                                prompts.stream().map(each -> each.prompt().label()).toList()));
            }
        }
        return prompts.stream()
                .filter(prompt -> wanted.stream().anyMatch(reference -> prompt.isMeant(reference.json().asText())))
                .toList();
    }

    private static String shortened(String label) {
        var line = label.strip().lines().findFirst().orElse("");
        return line.length() > MAX_NAME ? line.substring(0, MAX_NAME) + "…" : line;
    }

    private String unique(String id) {
        int count = ids.merge(id, 1, Integer::sum);
        return count == 1 ? id : unique(id + " (" + count + ")");
    }

    private ObjectNode params(Item item) {
        var params = Json.object();
        var config = keys.mapping(item, "\"config\"");
        for (var entry : config.entries().entrySet()) {
            if (HOSTS.contains(entry.getKey())) {
                problems.warn(config.placeOf(entry.getKey()), "\"" + entry.getKey()
                        + "\" has no effect here: endpoints are configured, not written into suites");
            } else if (!SECRETS.contains(entry.getKey())) {
                var value = param(entry.getValue());
                params.set(PARAMS.getOrDefault(entry.getKey(), entry.getKey()),
                        entry.getKey().equals("functions") ? CalledTools.asFunctions(value) : value);
            }
        }
        return params;
    }

    private JsonNode param(Item value) {
        if (!value.isText() || !SuiteFiles.isReference(value.json().textValue())) {
            return value.json();
        }
        try {
            return files.value(files.find(value.json().textValue(), value.place()).getFirst(), value.place()).json();
        } catch (ProblemException e) {
            problems.add(e.problem());
            return TextNode.valueOf("");
        }
    }

    private @Nullable Model model(String id, String label, Place place) {
        for (var name : List.of(id, label, "*")) {
            if (models.has(name)) {
                return mapped(models.get(name));
            }
        }
        if (id.equals("echo")) {
            return new Model("mock", "echo", Json.object());
        }
        var parts = id.split(":", 2);
        if (!providers.contains(parts[0]) || parts.length < 2 || parts[1].isEmpty()) {
            problems.add(place, unknown(id, parts[0]));
            return null;
        }
        var model = parts[1].replaceFirst("^(chat|messages|responses|completion):", "");
        return new Model(parts[0], model, Json.object());
    }

    private String unknown(String id, String provider) {
        if (providers.contains(provider)) {
            return "the provider \"" + id + "\" names no model, as in " + provider + ":model";
        }
        return "unknown provider \"" + id + "\"" + Nearest.hint(provider, providers)
                + "; known are " + String.join(", ", providers) + ", and what promptlab.models maps";
    }

    /// `provider:model`, or `{provider, model, params}`.
    private @Nullable Model mapped(Item item) {
        if (item instanceof Item.Mapping) {
            keys.checkAll(item, Set.of("provider", "model", "params"));
            return known(new Model(keys.text(item, "provider"), keys.text(item, "model"),
                    keys.mapping(item.get("params"), "\"params\"").json()), item.place());
        }
        var parts = item.json().asText().split(":", 2);
        return known(new Model(parts[0], parts.length < 2 ? "" : parts[1], Json.object()), item.place());
    }

    private @Nullable Model known(Model model, Place place) {
        var known = new HashSet<>(providers);
        known.add("mock");
        if (known.contains(model.provider()) && !model.model().isEmpty()) {
            return model;
        }
        problems.add(place, "\"" + model.provider() + ":" + model.model() + "\" is no provider:model"
                + Nearest.hint(model.provider(), known));
        return null;
    }
}
