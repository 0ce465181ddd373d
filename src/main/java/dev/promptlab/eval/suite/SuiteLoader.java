package dev.promptlab.eval.suite;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.config.Nearest;
import dev.promptlab.eval.assertion.Arithmetic;
import dev.promptlab.eval.assertion.DerivedMetric;
import dev.promptlab.eval.assertion.SpecCheck;
import dev.promptlab.template.language.TemplateSyntaxException;
import dev.promptlab.template.language.TemplateText;
import dev.promptlab.web.Json;

/// Reads a suite file with all that it refers to and checks it, before anything is called.
public final class SuiteLoader {
    static final Set<String> KEYS = Set.of("description", "prompts", "providers", "targets", "tests", "scenarios",
            "defaultTest", "outputPath", "sharing", "env", "evaluateOptions", "commandLineOptions", "derivedMetrics",
            "tags",
            "metadata", "assertionTemplates", "tracing", "writeLatestResults", "promptlab", "$schema",
            "nunjucksFilters",
            "extensions", "redteam");
    private static final Set<String> CODE = Set.of("nunjucksFilters", "extensions", "redteam");
    private static final String CONVERSATION = "_conversation";

    private final LoadOptions options;
    private final SuiteFiles files;
    private final Problems problems = new Problems();
    private final Keys keys = new Keys(problems);
    private final AssertionReader.Scripts scripts;

    private SuiteLoader(SuiteFiles files, LoadOptions options) {
        this.options = options;
        this.files = files;
        this.scripts = new AssertionReader.Scripts(files, problems, options.scriptFiles());
    }

    /// Files are relative to the suite's folder.
    ///
    /// @throws SuiteException with all that is wrong
    public static Suite load(Path file, LoadOptions options) throws SuiteException, InterruptedException {
        var absolute = file.toAbsolutePath().normalize();
        var loader = new SuiteLoader(new SuiteFiles(absolute.getParent()), options);
        Item root;
        try {
            root = loader.files.value(absolute, Place.start(file.toString()));
        } catch (ProblemException e) {
            throw new SuiteException(List.of(e.problem()));
        }
        return loader.load(file, root);
    }

    /// A suite that refers to no files.
    ///
    /// @param name stands for the file in problems
    public static Suite parse(String name, String yaml, LoadOptions options)
            throws SuiteException, InterruptedException {
        try {
            return new SuiteLoader(new SuiteFiles(null), options).load(Path.of(name), YamlReader.read(name, yaml));
        } catch (ProblemException e) {
            throw new SuiteException(List.of(e.problem()));
        }
    }

    /// A suite that refers to no files but these, by their relative paths.
    public static Suite parse(String name, String yaml, Map<String, String> files, LoadOptions options)
            throws SuiteException, InterruptedException {
        try {
            return new SuiteLoader(new UploadedFiles(files), options).load(Path.of(name), YamlReader.read(name, yaml));
        } catch (ProblemException e) {
            throw new SuiteException(List.of(e.problem()));
        }
    }

    private Suite load(Path file, Item unresolved) throws SuiteException, InterruptedException {
        var root = resolved(unresolved);
        keys.checkNearly(root, KEYS);
        CODE.stream().filter(root::has).forEach(key -> problems.add(root.placeOf(key), "\"" + key
                + "\" needs code that is not run here"));
        var settings = new SettingsReader(problems, options.judge()).read(root);
        var prompts = new PromptReader(files, problems).read(root, settings, options.templates());
        var armReader = new ArmReader(files, problems, providers(), root.get("promptlab").get("models"), prompts);
        var targets = armReader.read(root);
        var datasets = new Datasets(files, problems);
        var cases = new CaseReader(problems, settings, new AssertionReader(files, problems, scripts), scripts,
                new VarResolver(files, problems), datasets, options.sandbox(), targets, armReader, defaultTest(root),
                options.maxCases())
                .read(root);
        var derived = derivedMetrics(root);
        checkScripts();
        boolean conversations = prompts.stream().anyMatch(SuiteLoader::usesConversation);
        if (settings.strictVars()) {
            checkVariables(cases);
        }
        problems.throwIfAny();
        var arms = targets.stream().flatMap(target -> target.arms().stream()).toList();
        return new Suite(name(file), keys.text(root, "description"), file, arms, cases, settings, derived,
                conversations || cases.stream().anyMatch(SuiteLoader::isSerial), problems.warnings(), root.json());
    }

    private Set<String> providers() {
        var providers = new TreeSet<>(options.providers());
        providers.add("mock");
        return providers;
    }

    private Item.Mapping resolved(Item unresolved) throws SuiteException {
        try {
            if (References.resolve(unresolved) instanceof Item.Mapping mapping) {
                return mapping;
            }
            throw new ProblemException(unresolved.place(), "a suite must be an object, not " + unresolved.kind());
        } catch (ProblemException e) {
            throw new SuiteException(List.of(e.problem()));
        }
    }

    private Item defaultTest(Item root) {
        var item = root.get("defaultTest");
        if (!item.isText()) {
            return keys.mapping(item, "\"defaultTest\"");
        }
        var read = new Datasets(files, problems).read(item.json().textValue(), item.place());
        return read.isEmpty() ? Item.empty(item.place()) : keys.mapping(read.getFirst(), "\"defaultTest\"");
    }

    private List<DerivedMetric> derivedMetrics(Item root) {
        var metrics = new ArrayList<DerivedMetric>();
        if (!root.has("derivedMetrics")) {
            return metrics;
        }
        for (var item : root.get("derivedMetrics").each()) {
            var formula = keys.text(item, "value");
            try {
                metrics.add(new DerivedMetric(keys.text(item, "name"), Arithmetic.parse(formula)));
            } catch (IllegalArgumentException e) {
                problems.add(item.get("value").place(), String.valueOf(e.getMessage()));
            }
        }
        return metrics;
    }

    private void checkScripts() throws InterruptedException {
        for (var script : scripts.used().entrySet()) {
            options.sandbox().problem(script.getKey().getFirst(), script.getKey().getLast()).ifPresent(
                    message -> problems.add(script.getValue(), "the script cannot be run: " + message));
        }
    }

    private void checkVariables(List<Case> cases) {
        var stored = Json.object();
        stored.putArray(CONVERSATION);
        cases.stream().map(each -> each.options().storeOutputAs()).filter(Objects::nonNull)
                .forEach(name -> stored.put(name, ""));
        for (var each : cases) {
            var vars = stored.deepCopy();
            vars.setAll(each.vars());
            checkVariables(each, vars);
            if (problems.isFull()) {
                return;
            }
        }
    }

    private void checkVariables(Case each, ObjectNode vars) {
        var place = place(each.place());
        for (var arm : each.arms()) {
            try {
                arm.prompt().messages(vars, each.options(), true);
            } catch (UnfilledException e) {
                problems.add(place, "the prompt \"" + arm.id() + "\" cannot be filled: " + e.getMessage()
                        + hint(String.valueOf(e.getMessage()), vars));
            }
        }
        for (var assertion : each.assertions()) {
            for (var name : SpecCheck.undefined(assertion, vars)) {
                problems.add(place(assertion.place()), "undefined: " + name + hint(name, vars));
            }
        }
    }

    private static String hint(String undefined, ObjectNode vars) {
        var names = new ArrayList<String>();
        vars.fieldNames().forEachRemaining(names::add);
        return Nearest.hint(undefined.replaceFirst("^undefined: ", ""), names);
    }

    private static Place place(String text) {
        var parts = text.split(":");
        int last = parts.length - 1;
        return new Place(text.substring(0, text.length() - parts[last].length() - parts[last - 1].length() - 2),
                Integer.parseInt(parts[last - 1]), Integer.parseInt(parts[last]));
    }

    private static boolean isSerial(Case each) {
        return each.options().storeOutputAs() != null || each.options().other().path("runSerially").asBoolean();
    }

    private static boolean usesConversation(PromptReader.Named prompt) {
        try {
            return prompt.prompt().raw().contains(CONVERSATION)
                    && (prompt.prompt().json() != null || TemplateText.parse(prompt.prompt().raw()).variables()
                            .contains(CONVERSATION));
        } catch (TemplateSyntaxException _) {
            return false;
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString().replaceFirst("(\\.eval)?\\.(ya?ml|json)$", "");
    }
}
