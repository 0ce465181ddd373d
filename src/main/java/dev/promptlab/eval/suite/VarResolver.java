package dev.promptlab.eval.suite;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.promptlab.template.language.Budget;
import dev.promptlab.template.language.RenderException;
import dev.promptlab.template.language.TemplateSyntaxException;
import dev.promptlab.template.language.TemplateText;
import dev.promptlab.web.Json;

/// Variables of a case: lists of texts spread out, files read, variables in variables filled once.
final class VarResolver {
    private static final int MAX_COMBINATIONS = 100_000;

    private final SuiteFiles files;
    private final Problems problems;
    private final Map<String, JsonNode> read = new LinkedHashMap<>();

    VarResolver(SuiteFiles files, Problems problems) {
        this.files = files;
        this.problems = problems;
    }

    /// Each combination of one value from each list of texts, in the order of the file; lists of anything else are values.
    List<ObjectNode> combinations(Map<String, Item> vars, boolean spread, Place place) {
        List<Map<String, JsonNode>> combinations = List.of(Map.of());
        for (var variable : vars.entrySet()) {
            var values = values(variable.getValue(), spread);
            if ((long) combinations.size() * values.size() > MAX_COMBINATIONS) {
                problems.add(place, "the lists in \"vars\" make more than " + MAX_COMBINATIONS + " combinations");
                return List.of();
            }
            var longer = new ArrayList<Map<String, JsonNode>>();
            for (var combination : combinations) {
                for (var value : values) {
                    var more = new LinkedHashMap<>(combination);
                    more.put(variable.getKey(), value);
                    longer.add(more);
                }
            }
            combinations = longer;
        }
        return combinations.stream().map(raw -> filled(raw, Json.object())).toList();
    }

    private List<JsonNode> values(Item item, boolean spread) {
        if (item instanceof Item.Sequence(var items, _) && spread && !items.isEmpty() && items.getFirst().isText()) {
            return items.stream().map(this::value).toList();
        }
        if (item.isText() && spread && SuiteFiles.isReference(item.json().textValue())) {
            return fileValues(item);
        }
        return List.of(value(item));
    }

    private JsonNode value(Item item) {
        if (item.isText() && SuiteFiles.isReference(item.json().textValue())) {
            return fileValues(item).getFirst();
        }
        return item.json();
    }

    private List<JsonNode> fileValues(Item item) {
        var reference = item.json().textValue();
        try {
            if (SuiteFiles.isScript(reference)) {
                throw new ProblemException(item.place(),
                        "a variable cannot come from a script: " + SuiteFiles.path(reference));
            }
            var values = new ArrayList<JsonNode>();
            for (var file : files.find(reference, item.place())) {
                var known = read.get(file.toString());
                if (known == null) {
                    known = TextNode.valueOf(text(file, item.place()));
                    read.put(file.toString(), known);
                }
                values.add(known);
            }
            return values;
        } catch (ProblemException e) {
            problems.add(e.problem());
            return List.of(TextNode.valueOf(""));
        }
    }

    /// YAML as JSON, everything else as it is.
    private String text(Path file, Place asked) throws ProblemException {
        var ending = SuiteFiles.ending(file.toString());
        return ending.equals("yaml") || ending.equals("yml") ? Json.text(files.value(file, asked).json())
                : files.text(file, asked).strip();
    }

    /// @param given more variables, which are no templates
    static ObjectNode filled(Map<String, JsonNode> raw, ObjectNode given) {
        var all = new LinkedHashMap<>(raw);
        given.properties().forEach(entry -> all.put(entry.getKey(), entry.getValue()));
        var filling = new Filling(all);
        given.properties().forEach(entry -> filling.done.put(entry.getKey(), entry.getValue()));
        all.keySet().forEach(filling::value);
        var vars = Json.object();
        all.keySet().forEach(name -> vars.set(name, filling.done.get(name)));
        return vars;
    }

    /// A value that is no template, needs what is not there, or itself, stays as it is.
    private static final class Filling {
        private final Map<String, JsonNode> raw;
        private final Map<String, JsonNode> done = new LinkedHashMap<>();
        private final Set<String> open = new HashSet<>();

        Filling(Map<String, JsonNode> raw) {
            this.raw = raw;
        }

        private JsonNode value(String name) {
            var known = done.get(name);
            if (known != null) {
                return known;
            }
            var own = raw.getOrDefault(name, TextNode.valueOf(""));
            if (!own.isTextual() || !open.add(name)) {
                done.putIfAbsent(name, own);
                return own;
            }
            var text = own.textValue().endsWith("\n") ? own.textValue().substring(0, own.textValue().length() - 1)
                    : own.textValue();
            var filled = TextNode.valueOf(text.contains("{{") || text.contains("{%") ? fill(text) : text);
            open.remove(name);
            done.put(name, filled);
            return filled;
        }

        private String fill(String text) {
            try {
                var template = TemplateText.parse(text);
                if (template.variables().stream().anyMatch(open::contains)) {
                    return text;
                }
                var vars = Json.object();
                template.variables().stream().filter(raw::containsKey).forEach(name -> vars.set(name, value(name)));
                var rendering = template.render(vars, new Budget());
                return rendering.undefined().isEmpty() ? rendering.text() : text;
            } catch (TemplateSyntaxException | RenderException _) {
                return text;
            }
        }
    }
}
