package dev.promptlab.eval.suite;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.config.Nearest;
import dev.promptlab.eval.assertion.AssertionSpec;
import dev.promptlab.eval.assertion.Sandbox;
import dev.promptlab.eval.assertion.ScriptException;
import dev.promptlab.web.CanonicalJson;
import dev.promptlab.web.Json;
import dev.promptlab.web.Sha256;
import org.jspecify.annotations.Nullable;

/// Makes cases of tests: the default test merged in, variables spread out, filters applied.
final class CaseReader {
    private static final Set<String> TEST_KEYS = Set.of("id", "description", "vars", "assert", "threshold", "options",
            "metadata", "prompts", "providers", "provider", "providerOutput", "tags", "must", "cluster",
            "assertScoringFunction");
    private static final Set<String> OPTION_KEYS = Set.of("prefix", "suffix", "transform", "postprocess",
            "transformVars",
            "storeOutputAs", "provider", "rubricPrompt", "factuality", "repeat", "disableVarExpansion",
            "disableConversationVar", "disableDefaultAsserts", "runSerially");
    private static final int MAX_REPEATS = 100;

    private final Problems problems;
    private final Keys keys;
    private final Settings settings;
    private final AssertionReader assertions;
    private final AssertionReader.Scripts scripts;
    private final VarResolver vars;
    private final Datasets datasets;
    private final Sandbox sandbox;
    private final List<ArmReader.Target> targets;
    private final ArmReader arms;
    private final Item defaultTest;
    private final int maxCases;
    private final List<Case> cases = new ArrayList<>();
    private final Map<String, Integer> ids = new HashMap<>();

    CaseReader(Problems problems, Settings settings, AssertionReader assertions, AssertionReader.Scripts scripts,
            VarResolver vars, Datasets datasets, Sandbox sandbox, List<ArmReader.Target> targets, ArmReader arms,
            Item defaultTest, int maxCases) {
        this.maxCases = maxCases;
        this.problems = problems;
        this.keys = new Keys(problems);
        this.settings = settings;
        this.assertions = assertions;
        this.scripts = scripts;
        this.vars = vars;
        this.datasets = datasets;
        this.sandbox = sandbox;
        this.targets = targets;
        this.arms = arms;
        this.defaultTest = defaultTest;
    }

    List<Case> read(Item root) throws InterruptedException {
        keys.checkNearly(defaultTest, TEST_KEYS);
        for (var test : tests(root.get("tests"))) {
            read(test, "");
        }
        int scenario = 0;
        for (var item : loaded(root.get("scenarios"))) {
            scenario = scenario(item, scenario);
        }
        if (!root.has("tests") && !root.has("scenarios")) {
            read(Item.empty(root.place()), "");
        }
        return cases;
    }

    private int scenario(Item item, int first) throws InterruptedException {
        int number = first;
        var tests = item.has("tests") ? tests(item.get("tests")) : List.of(Item.empty(item.place()));
        for (var data : tests(item.get("config"))) {
            for (var test : tests) {
                read(merged(data, test), "__scenario_" + number + "__");
            }
            number++;
        }
        return number;
    }

    private List<Item> loaded(Item item) {
        return isNothing(item) ? List.of() : tests(item);
    }

    static boolean isNothing(Item item) {
        return item instanceof Item.Scalar(var json, _) && (json.isMissingNode() || json.isNull());
    }

    /// Inline ones, and those of files.
    private List<Item> tests(Item item) {
        var tests = new ArrayList<Item>();
        if (isNothing(item)) {
            return tests;
        }
        for (var each : item.each()) {
            if (each.isText()) {
                tests.addAll(datasets.read(each.json().textValue(), each.place()));
            } else if (each.has("path")) {
                tests.addAll(datasets.read(keys.text(each, "path"), each.get("path").place()));
            } else {
                tests.add(each);
            }
        }
        return tests;
    }

    /// One on top of another; variables, options and metadata side by side, assertions one after the other.
    private static Item merged(Item below, Item above) {
        if (!(below instanceof Item.Mapping(var base, var baseKeys, _))
                || !(above instanceof Item.Mapping(var entries, var keys, var place))) {
            return above;
        }
        var all = new LinkedHashMap<>(base);
        all.putAll(entries);
        for (var key : List.of("vars", "options", "metadata")) {
            if (below.get(key) instanceof Item.Mapping(var low, var lowKeys, _)
                    && above.get(key) instanceof Item.Mapping(var high, var highKeys, var at)) {
                all.put(key, new Item.Mapping(joined(low, high), joined(lowKeys, highKeys), at));
            }
        }
        if (below.get("assert") instanceof Item.Sequence(var low, var lowAt)
                && above.get("assert") instanceof Item.Sequence(var high, var at)) {
            var list = new ArrayList<>(low);
            list.addAll(high);
            all.put("assert", new Item.Sequence(list, new Place(at.file() + "+" + lowAt, at.line(), at.column())));
        }
        return new Item.Mapping(all, joined(baseKeys, keys), place);
    }

    private static <V> SequencedMap<String, V> joined(Map<String, V> low, Map<String, V> high) {
        var all = new LinkedHashMap<>(low);
        all.putAll(high);
        return all;
    }

    private void read(Item test, String conversation) throws InterruptedException {
        if (problems.isFull()) {
            return;
        }
        if (cases.size() >= maxCases) {
            problems.add(test.place(), "the suite has more than " + maxCases + " cases");
            return;
        }
        if (!(test instanceof Item.Mapping)) {
            problems.add(test.place(), "a test must be an object, not " + test.kind());
            return;
        }
        keys.checkNearly(test, TEST_KEYS);
        keys.checkNearly(test.get("options"), OPTION_KEYS);
        var options = keys.mapping(defaultTest.get("options"), "\"options\"").json();
        options.setAll(keys.mapping(test.get("options"), "\"options\"").json());
        var metadata = keys.mapping(defaultTest.get("metadata"), "\"metadata\"").json();
        metadata.setAll(keys.mapping(test.get("metadata"), "\"metadata\"").json());
        if (!metadata.has("conversationId") && !conversation.isEmpty()) {
            metadata.put("conversationId", conversation);
        }
        if (test.has("provider")) {
            problems.warn(test.get("provider").place(), "\"provider\" of a test has no effect here; \"providers\" has");
        }
        for (var scored : List.of(test, defaultTest)) {
            if (scored.has("assertScoringFunction")) {
                problems.add(scored.get("assertScoringFunction").place(),
                        "\"assertScoringFunction\" is not run here; weights,"
                                + " thresholds and assert-set may do");
            }
        }
        expand(test, options, metadata);
    }

    private void expand(Item test, ObjectNode options, ObjectNode metadata) throws InterruptedException {
        var variables = new LinkedHashMap<>(variables(defaultTest.get("vars")));
        variables.putAll(variables(test.get("vars")));
        var specs = new ArrayList<AssertionSpec>();
        if (!options.path("disableDefaultAsserts").asBoolean()) {
            specs.addAll(assertions.list(defaultTest.get("assert"), judging(options)));
        }
        specs.addAll(assertions.list(test.get("assert"), judging(options)));
        var caseOptions = caseOptions(test, options, metadata);
        var own = ownArms(test);
        var combinations = vars.combinations(variables, !options.path("disableVarExpansion").asBoolean(), test.place());
        for (int i = 0; i < combinations.size(); i++) {
            var resolved = transformed(combinations.get(i), options, test.place());
            var id = id(test, resolved, combinations.size() == 1 ? "" : "-" + (i + 1));
            cases.add(new Case(id, keys.text(test, "description"), resolved, specs, threshold(test), caseOptions,
                    metadata, own,
                    repeats(options), tags(test, metadata), cluster(test, resolved, metadata),
                    keys.flag(test, "must", metadata.path("must").asBoolean(false)), test.place().toString()));
        }
    }

    private Map<String, Item> variables(Item item) {
        if (item.isText() || item instanceof Item.Sequence) {
            var all = new LinkedHashMap<String, Item>();
            for (var each : item.each()) {
                datasets.read(each.json().asText(), each.place()).forEach(file -> all.putAll(variables(file)));
            }
            return all;
        }
        return keys.mapping(item, "\"vars\"").entries();
    }

    /// The options that change how assertions are read.
    private static ObjectNode judging(ObjectNode options) {
        return Json.object().setAll(options.deepCopy().retain("provider", "rubricPrompt", "factuality"));
    }

    private CaseOptions caseOptions(Item test, ObjectNode options, ObjectNode metadata) {
        var transform = options.has("transform") ? options.path("transform") : options.path("postprocess");
        var code = transform.isTextual() ? scripts.use(transform.textValue(), "output", test.place()) : null;
        return new CaseOptions(options.path("prefix").asText(""), options.path("suffix").asText(""), code,
                text(options.path("storeOutputAs")), text(metadata.path("conversationId")),
                test.has("providerOutput") ? test.get("providerOutput").json() : null,
                options.has("provider") ? options.path("provider") : null, options);
    }

    private static @Nullable String text(JsonNode node) {
        return node.isValueNode() && !node.isNull() ? node.asText() : null;
    }

    private ObjectNode transformed(ObjectNode resolved, ObjectNode options, Place place) throws InterruptedException {
        if (!options.path("transformVars").isTextual()) {
            return resolved;
        }
        try {
            var code = scripts.use(options.path("transformVars").textValue(), "vars", place);
            var changed = sandbox.transform(code, "vars", resolved);
            if (changed instanceof ObjectNode more) {
                return resolved.deepCopy().setAll(more);
            }
            problems.add(place, "transformVars must return an object, not " + changed.getNodeType());
        } catch (ScriptException e) {
            problems.add(place, "transformVars failed: " + e.getMessage());
        }
        return resolved;
    }

    private @Nullable Double threshold(Item test) {
        var own = keys.number(test, "threshold");
        return own == null ? keys.number(defaultTest, "threshold") : own;
    }

    private int repeats(ObjectNode options) {
        return options.path("repeat").isInt() || options.path("repeat").isLong()
                ? Math.clamp(options.path("repeat").longValue(), 1, MAX_REPEATS) : settings.repeats();
    }

    private List<String> tags(Item test, ObjectNode metadata) {
        var tags = new LinkedHashSet<>(settings.tags());
        tags.addAll(SettingsReader.texts(defaultTest.get("tags"), problems));
        tags.addAll(SettingsReader.texts(test.get("tags"), problems));
        var more = metadata.path("tags");
        if (more.isTextual()) {
            tags.add(more.textValue());
        }
        more.forEach(tag -> tags.add(tag.asText()));
        return List.copyOf(tags);
    }

    private @Nullable String cluster(Item test, ObjectNode resolved, ObjectNode metadata) {
        if (test.has("cluster")) {
            return keys.text(test, "cluster");
        }
        var name = settings.cluster();
        return name == null ? null : text(resolved.has(name) ? resolved.path(name) : metadata.path(name));
    }

    private String id(Item test, ObjectNode resolved, String suffix) {
        var own = keys.text(test, "id");
        var content = Json.object().put("description", keys.text(test, "description")).set("vars", resolved);
        var id = own.isEmpty() ? Sha256.hex(CanonicalJson.of(content).getBytes(StandardCharsets.UTF_8)) : own + suffix;
        int count = ids.merge(id, 1, Integer::sum);
        if (count > 1 && !own.isEmpty()) {
            problems.add(test.get("id").place(), "the id \"" + own + "\" is taken by another test");
        }
        return count == 1 ? id : id + "~" + count;
    }

    private List<Arm> ownArms(Item test) {
        var providers = filter(test, "providers");
        var prompts = filter(test, "prompts");
        checkFilter(test, "providers", providers, targets.stream().flatMap(target -> Stream.of(target.id(),
                target.label())).toList(), reference -> targets.stream().anyMatch(target -> target.isMeant(reference)));
        checkFilter(test, "prompts", prompts, targets.stream().flatMap(target -> target.arms().stream())
                .map(arm -> arm.prompt().label()).toList(),
                reference -> targets.stream().flatMap(target -> target.arms().stream())
                        .anyMatch(arm -> arms.origin(arm).isMeant(reference)));
        var own = new ArrayList<Arm>();
        for (var target : targets) {
            if (providers == null || providers.stream().anyMatch(target::isMeant)) {
                target.arms().stream().filter(
                        arm -> prompts == null || prompts.stream().anyMatch(arms.origin(arm)::isMeant))
                        .forEach(own::add);
            }
        }
        return own;
    }

    private @Nullable List<String> filter(Item test, String key) {
        var item = test.has(key) ? test.get(key) : defaultTest.get(key);
        return isNothing(item) ? null : SettingsReader.texts(item, problems);
    }

    private void checkFilter(Item test, String key, @Nullable List<String> references, List<String> names,
            Predicate<String> isKnown) {
        if (references == null || targets.isEmpty()) {
            return;
        }
        references.stream().filter(reference -> !isKnown.test(reference)).forEach(reference -> problems.add(
                test.has(key) ? test.get(key).place() : defaultTest.get(key).place(),
                "\"" + key + "\" names \"" + reference + "\", which is not there" + Nearest.hint(reference, names)));
    }
}
