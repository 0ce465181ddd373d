package dev.promptlab.eval.suite;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.promptlab.config.Nearest;
import dev.promptlab.eval.assertion.AssertionSpec;
import dev.promptlab.eval.assertion.AssertionType;
import dev.promptlab.eval.assertion.SpecCheck;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// Reads assertions and checks what can be known of them before any call. The same item with the same options is read once.
final class AssertionReader {
    private static final Set<String> KEYS = Set.of("type", "value", "threshold", "weight", "metric", "provider",
            "rubricPrompt",
            "transform", "contextTransform", "config", "assert");
    /// Types of promptfoo that run code, or look at what is not here.
    private static final Map<String, String> ELSEWHERE = Map.of("python", "runs Python", "ruby", "runs Ruby",
            "classifier",
            "needs a classification provider", "moderation", "needs a moderation provider", "guardrails",
            "needs guardrails of a provider", "pi", "needs a service of its own", "search-rubric",
            "needs a judge that searches",
            "agent-rubric", "needs a judge that is an agent", "skill-used", "needs traces of an agent", "human",
            "needs a person");

    private final SuiteFiles files;
    private final Problems problems;
    private final Keys keys;
    private final Scripts scripts;
    private final Map<Key, List<AssertionSpec>> known = new HashMap<>();

    /// Of an item by identity, since many cases share it.
    private record Key(Place place, ObjectNode options) {}

    AssertionReader(SuiteFiles files, Problems problems, Scripts scripts) {
        this.files = files;
        this.problems = problems;
        this.keys = new Keys(problems);
        this.scripts = scripts;
    }

    /// @param options of the test; `provider`, `rubricPrompt` and `factuality` count here
    List<AssertionSpec> list(Item item, ObjectNode options) {
        if (item instanceof Item.Scalar(var json, _) && (json.isMissingNode() || json.isNull())) {
            return List.of();
        }
        if (!(item instanceof Item.Sequence(var items, var place))) {
            problems.add(item.place(), "\"assert\" must be a list, not " + item.kind());
            return List.of();
        }
        if (items.isEmpty()) {
            return List.of();
        }
        return known.computeIfAbsent(new Key(place, options), _ -> readAll(items, options, false));
    }

    private List<AssertionSpec> readAll(List<Item> items, ObjectNode options, boolean inSet) {
        var specs = new ArrayList<AssertionSpec>();
        for (var item : items) {
            var spec = read(item, options, inSet);
            if (spec != null) {
                specs.add(spec);
            }
        }
        return specs;
    }

    private @Nullable AssertionSpec read(Item item, ObjectNode options, boolean inSet) {
        if (!(item instanceof Item.Mapping)) {
            problems.add(item.place(), "an assertion must be an object with a type, not " + item.kind());
            return null;
        }
        keys.checkNearly(item, KEYS);
        var name = keys.text(item, "type");
        boolean inverse = name.startsWith("not-");
        var type = AssertionType.named(inverse ? name.substring(4) : name).orElse(null);
        if (type == null || (inSet && type == AssertionType.ASSERT_SET)) {
            problems.add(item.get("type").place(),
                    type == null ? unknown(name) : "an assert-set cannot hold another one");
            return null;
        }
        var set = type == AssertionType.ASSERT_SET ? set(item, options) : List.<AssertionSpec>of();
        var threshold = keys.number(item, "threshold");
        var weight = keys.number(item, "weight");
        var spec = new AssertionSpec(type, inverse, value(type, item), threshold, weight == null ? 1 : weight,
                keys.textOrNull(item, "metric"), script(item, "transform"), option(item, "provider", options),
                rubricPrompt(item, options), script(item, "contextTransform"), config(item, options), set,
                item.place().toString());
        check(spec, item);
        return spec;
    }

    private static String unknown(String name) {
        if (name.isEmpty()) {
            return "an assertion needs a type";
        }
        var base = name.startsWith("not-") ? name.substring(4) : name;
        var elsewhere = ELSEWHERE.get(base);
        if (elsewhere != null || base.contains(":") || base.startsWith("trace-")) {
            return "the assertion type \"" + name + "\" is not here: it "
                    + (elsewhere == null ? "needs traces or attacks" : elsewhere) + "; javascript and webhook may do";
        }
        return "unknown assertion type \"" + name + "\"" + Nearest.hint(base, AssertionType.names());
    }

    private List<AssertionSpec> set(Item item, ObjectNode options) {
        if (item.get("assert") instanceof Item.Sequence(var items, _) && !items.isEmpty()) {
            return readAll(items, options, true);
        }
        problems.add(item.place(), "an assert-set needs a list under \"assert\"");
        return List.of();
    }

    private @Nullable String script(Item item, String key) {
        var code = keys.textOrNull(item, key);
        return code == null ? null : scripts.use(code, "output", item.get(key).place());
    }

    private static @Nullable JsonNode option(Item item, String key, ObjectNode options) {
        var own = item.has(key) ? item.get(key).json() : options.path(key);
        return own.isMissingNode() || own.isNull() ? null : own;
    }

    private @Nullable JsonNode rubricPrompt(Item item, ObjectNode options) {
        var prompt = option(item, "rubricPrompt", options);
        return prompt == null || !prompt.isTextual() || !SuiteFiles.isReference(prompt.textValue()) ? prompt
                : file(prompt.textValue(), item.get("rubricPrompt").place());
    }

    private ObjectNode config(Item item, ObjectNode options) {
        var config = keys.mapping(item.get("config"), "\"config\"").json();
        if (options.has("factuality") && !config.has("factuality")) {
            config.set("factuality", options.path("factuality"));
        }
        return config;
    }

    private JsonNode value(AssertionType type, Item item) {
        var value = item.get("value");
        if (!value.isText() || !SuiteFiles.isReference(value.json().textValue())) {
            return value.isNull() ? MissingNode.getInstance() : value instanceof Item.Sequence list ? listed(list)
                    : value.json();
        }
        var reference = value.json().textValue();
        if (type == AssertionType.JAVASCRIPT && SuiteFiles.isScript(reference)) {
            return TextNode.valueOf(scripts.file(reference, value.place()));
        }
        return file(reference, value.place());
    }

    private JsonNode listed(Item.Sequence list) {
        var values = Json.array();
        for (var each : list.items()) {
            values.add(each.isText() && SuiteFiles.isReference(each.json().textValue())
                    ? file(each.json().textValue(), each.place()) : each.json());
        }
        return values;
    }

    private JsonNode file(String reference, Place place) {
        try {
            if (SuiteFiles.isScript(reference)) {
                throw new ProblemException(place, "a script cannot be read here: " + SuiteFiles.path(reference));
            }
            Path file = files.find(reference, place).getFirst();
            return files.value(file, place).json();
        } catch (ProblemException e) {
            problems.add(e.problem());
            return TextNode.valueOf("");
        }
    }

    private void check(AssertionSpec spec, Item item) {
        var place = item.has("value") ? item.get("value").place() : item.place();
        if (spec.weight() < 0) {
            problems.add(item.get("weight").place(), "\"weight\" must not be negative");
        }
        SpecCheck.problem(spec).ifPresent(message -> problems.add(place, message));
        if (spec.type() == AssertionType.JAVASCRIPT && spec.value().isTextual()) {
            scripts.use(spec.value().textValue(), "output", place);
        }
    }

    /// Scripts of a suite, whose syntax is checked at the end, all together.
    static final class Scripts {
        private final SuiteFiles files;
        private final Problems problems;
        private final boolean allowed;
        private final Map<List<String>, Place> used = new LinkedHashMap<>();

        /// @param allowed whether `.js` files may be run
        Scripts(SuiteFiles files, Problems problems, boolean allowed) {
            this.files = files;
            this.problems = problems;
            this.allowed = allowed;
        }

        /// @return the script itself
        String use(String code, String input, Place place) {
            if (SuiteFiles.isReference(code)) {
                return file(code, place);
            }
            if (!code.contains("{{") && !code.contains("{%")) {
                used.putIfAbsent(List.of(code, input), place);
            }
            return code;
        }

        Map<List<String>, Place> used() {
            return used;
        }

        /// A CommonJS module as a script that calls what it exports.
        String file(String reference, Place place) {
            var path = SuiteFiles.path(reference);
            int colon = path.lastIndexOf(':');
            boolean named = colon > 0 && !SuiteFiles.ending(path).equals("js");
            var file = named ? path.substring(0, colon) : path;
            try {
                if (!SuiteFiles.ending(file).equals("js")) {
                    throw new ProblemException(place, "only .js files can be run, not " + file);
                }
                if (!allowed) {
                    throw new ProblemException(place, "script files are not run: put the expression of " + file
                            + " into the suite, or allow it with --allow-exec");
                }
                var source = files.text(files.find(file, place).getFirst(), place);
                var export = named ? "module.exports." + path.substring(colon + 1)
                        : "(typeof module.exports === 'function' ? module.exports : module.exports.default)";
                return "var module = {exports: {}}; var exports = module.exports;\n" + source + "\nreturn " + export
                        + "(output, context);";
            } catch (ProblemException e) {
                problems.add(e.problem());
                return "false";
            }
        }
    }
}
