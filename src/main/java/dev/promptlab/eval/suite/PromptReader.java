package dev.promptlab.eval.suite;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.provider.Message;
import dev.promptlab.template.language.TemplateSyntaxException;
import dev.promptlab.template.language.TemplateText;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// Reads prompts: inline, from files (`.txt` with several between lines of `---`, `.json`, `.yaml`, `.jsonl`, `.csv`, `.md`,
/// `.j2`), from patterns of file names, as objects with a label, or from a template of the product.
final class PromptReader {
    private static final Set<String> KEYS = Set.of("raw", "content", "id", "label", "config", "file");
    private static final Set<String> FILES = Set.of("txt", "json", "jsonl", "yaml", "yml", "csv", "md", "j2");

    /// A prompt with what filters may call it by.
    ///
    /// @param config of the prompt, over that of the provider
    record Named(Prompt prompt, String id, Item config) {
        /// By label or id; `name*` by its beginning, `name` also for `name:part`.
        boolean isMeant(String reference) {
            return isMeant(reference, prompt.label()) || isMeant(reference, id);
        }

        private static boolean isMeant(String reference, String name) {
            return !name.isEmpty() && (name.equals(reference) || name.startsWith(reference + ":")
                    || (reference.endsWith("*") && name.startsWith(reference.substring(0, reference.length() - 1))));
        }
    }

    private final SuiteFiles files;
    private final Problems problems;
    private final Keys keys;
    private final List<Named> prompts = new ArrayList<>();

    PromptReader(SuiteFiles files, Problems problems) {
        this.files = files;
        this.problems = problems;
        this.keys = new Keys(problems);
    }

    List<Named> read(Item root, Settings settings, PromptSource templates) {
        var template = settings.template();
        if (template != null) {
            fromTemplate(template, root.get("promptlab").get("template").place(), templates);
        } else if (root.get("prompts") instanceof Item.Mapping(var entries, _, _)) {
            entries.forEach(
                    (file, label) -> one(Item.text(file, label.place()), label.json().asText(), "",
                            Item.empty(label.place())));
        } else if (root.has("prompts")) {
            root.get("prompts").each().forEach(this::one);
        } else {
            problems.add(root.place(), "there are no prompts; write some under \"prompts\", or name a template under"
                    + " \"promptlab.template\"");
        }
        return prompts;
    }

    private void fromTemplate(String reference, Place place, PromptSource templates) {
        var versions = templates.find(reference);
        if (versions.isEmpty()) {
            problems.add(place,
                    "there is no template \"" + reference
                            + "\" here: without a server there are none; run the suite on a"
                            + " server, or write the prompt under \"prompts\"");
            return;
        }
        for (var version : versions) {
            var list = Json.array();
            for (Message message : version.messages()) {
                list.addObject().put("role", message.role()).put("content", message.content());
            }
            add(version.label(), "", Json.text(list), Item.empty(place), place);
        }
    }

    private void one(Item item) {
        if (item instanceof Item.Mapping) {
            keys.checkNearly(item, KEYS);
            var source = item.has("raw") ? "raw" : item.has("content") ? "content" : item.has("file") ? "file" : "id";
            if (!item.has(source)) {
                problems.add(item.place(), "a prompt needs its text under \"raw\"");
                return;
            }
            one(item.get(source), keys.text(item, "label"), keys.text(item, "id"),
                    item.get("config"));
        } else {
            one(item, "", "", Item.empty(item.place()));
        }
    }

    private void one(Item item, String label, String id, Item config) {
        if (!item.isText() || item.json().textValue().isBlank()) {
            problems.add(item.place(), "a prompt must be text, not " + (item.isText() ? "empty" : item.kind()));
            return;
        }
        var text = item.json().textValue();
        try {
            if (!isFile(text)) {
                add(label.isEmpty() ? text : label, id, text, config, item.place());
                return;
            }
            if (text.startsWith("exec:") || SuiteFiles.isScript(text)) {
                throw new ProblemException(item.place(),
                        "a prompt cannot come from a script: " + SuiteFiles.path(text));
            }
            for (var file : files.find(text, item.place())) {
                fromFile(file, label, id, config, item.place());
            }
        } catch (ProblemException e) {
            problems.add(e.problem());
        }
    }

    /// A name of a file is one line, and ends as files with prompts end.
    private static boolean isFile(String text) {
        if (text.startsWith("file://") || text.startsWith("exec:")) {
            return true;
        }
        return !text.contains("\n") && !text.contains("{{") && (FILES.contains(SuiteFiles.ending(text))
                || (SuiteFiles.isScript(text) && !text.contains(" "))) && text.length() < 500;
    }

    private void fromFile(Path file, String label, String id, Item config, Place asked) throws ProblemException {
        var name = files.name(file);
        var text = files.text(file, asked);
        var place = Place.start(name);
        switch (SuiteFiles.ending(name)) {
            case "txt" -> {
                for (var part : parts(text)) {
                    add((label.isEmpty() ? "" : label + ": ") + name + ": " + part, id, part, config, place);
                }
            }
            case "json", "yaml", "yml" -> {
                var json = structured(file, text, asked);
                add(label.isEmpty() ? name + ": " + json : label, id, json, config, place);
            }
            case "jsonl" -> {
                var lines = text.lines().filter(line -> !line.isBlank()).toList();
                for (var line : lines) {
                    var first = label.isEmpty() ? name : label;
                    add(lines.size() > 1 ? first + ": " + line : first, id, line, config, place);
                }
            }
            case "csv" -> csv(file, label, asked);
            default ->
                add(label.isEmpty() ? name + ": " + text.substring(0, Math.min(50, text.length())) + "..." : label, id,
                        text, config, place);
        }
    }

    /// Such a file may be a template that becomes JSON or YAML only when it is filled.
    private String structured(Path file, String text, Place asked) throws ProblemException {
        try {
            return Json.text(files.value(file, asked).json());
        } catch (ProblemException e) {
            if (text.contains("{%") || text.contains("{{")) {
                return text;
            }
            throw e;
        }
    }

    private static List<String> parts(String text) {
        var parts = new ArrayList<String>();
        var part = new StringBuilder();
        for (var line : text.lines().toList()) {
            if (line.strip().equals("---")) {
                parts.add(part.toString().strip());
                part.setLength(0);
            } else {
                part.append(line).append('\n');
            }
        }
        parts.add(part.toString().strip());
        return parts.stream().filter(each -> !each.isEmpty()).toList();
    }

    /// A column `prompt`, and one `label` if there is; without commas, a prompt on each line.
    private void csv(Path file, String label, Place asked) throws ProblemException {
        try (var lines = files.lines(file, asked)) {
            var reader = new CsvReader(lines);
            var header = reader.next();
            int prompt = header == null ? -1 : header.fields().indexOf("prompt");
            if (header == null || prompt < 0) {
                throw new ProblemException(files.name(file), 1, 1, "needs a column \"prompt\"");
            }
            int labels = header.fields().indexOf("label");
            for (var row = reader.next(); row != null; row = reader.next()) {
                var own = labels >= 0 && labels < row.fields().size() ? row.fields().get(labels) : label;
                if (prompt < row.fields().size() && !row.fields().get(prompt).isBlank()) {
                    var text = row.fields().get(prompt);
                    add(own.isEmpty() ? "Prompt " + (prompts.size() + 1) + " - " + text : own, "", text,
                            Item.empty(asked),
                            new Place(lines.file(), row.line(), 1));
                }
            }
        } catch (IOException e) {
            throw new ProblemException(asked, files.name(file) + " cannot be read: " + e.getMessage());
        }
    }

    private void add(String label, String id, String raw, Item config, Place place) {
        var json = json(raw);
        try {
            for (var template : json == null ? List.of(raw) : strings(json, new ArrayList<>())) {
                TemplateText.parse(template);
            }
            prompts.add(new Named(new Prompt(label, raw, json), id, config));
        } catch (TemplateSyntaxException e) {
            problems.add(place, "the prompt is no template: " + e.getMessage());
        }
    }

    private static List<String> strings(JsonNode node, List<String> found) {
        if (node.isTextual()) {
            found.add(node.textValue());
        }
        node.forEach(child -> strings(child, found));
        return found;
    }

    private static @Nullable JsonNode json(String raw) {
        var start = raw.stripLeading();
        if (!start.startsWith("[") && !start.startsWith("{")) {
            return null;
        }
        try {
            var json = Json.read(raw.getBytes(StandardCharsets.UTF_8));
            return json.isContainerNode() ? json : null;
        } catch (IOException _) {
            return null;
        }
    }
}
