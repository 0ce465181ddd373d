package dev.promptlab.template;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.template.language.TemplateText;
import dev.promptlab.template.schema.VariablesSchema;
import org.jspecify.annotations.Nullable;

/// A [Content] parsed and ready to render. Immutable, thread-safe.
final class CompiledContent {
    /// One text or slot; `path` is its place in the request that made it, for messages.
    sealed interface Part {
        record Text(String path, String role, TemplateText template) implements Part {}

        record History(String path, String name) implements Part {}
    }

    private final List<Part> parts;
    private final @Nullable VariablesSchema schema;
    private final Defaults defaults;
    private final int size;

    private CompiledContent(List<Part> parts, @Nullable VariablesSchema schema, Defaults defaults, int size) {
        this.parts = parts;
        this.schema = schema;
        this.defaults = defaults;
        this.size = size;
    }

    /// @param content checked when it was saved
    static CompiledContent of(Content content) {
        var compiler = new Compiler();
        if (content.systemPrompt() != null) {
            compiler.text("systemPrompt", "system", content.systemPrompt());
        }
        if (content.userPrompt() != null) {
            compiler.text("userPrompt", "user", content.userPrompt());
        }
        if (content.messages() != null) {
            compiler.turns(content.messages());
        }
        var schema = content.variablesSchema();
        return new CompiledContent(List.copyOf(compiler.parts), schema == null ? null : VariablesSchema.parse(schema),
                content.defaults(), compiler.size + (schema == null ? 0 : schema.toString().length()));
    }

    Defaults defaults() {
        return defaults;
    }

    /// In characters, roughly, for bounding a cache.
    int size() {
        return size;
    }

    /// The variables that the texts refer to, in order of appearance.
    Set<String> variables() {
        var names = new LinkedHashSet<String>();
        for (var part : parts) {
            switch (part) {
                case Part.Text(_, _, var template) -> names.addAll(template.variables());
                case Part.History(_, var name) -> names.add(name);
            }
        }
        return names;
    }

    /// What the schema has against these variables, by path as in `variables.topic`.
    Map<String, List<String>> check(ObjectNode variables) {
        return schema == null ? Map.of() : schema.check(variables);
    }

    /// Renders as much as possible; what is wrong stands in the result.
    RenderedContent render(ObjectNode variables) {
        return new ContentRenderer(variables).render(parts);
    }

    private static final class Compiler {
        private final List<Part> parts = new ArrayList<>();
        private int size;

        void turns(List<Content.Turn> turns) {
            for (int i = 0; i < turns.size(); i++) {
                var path = "messages[" + i + "]";
                switch (turns.get(i)) {
                    case Content.Turn.Text(var role, var content) -> text(path + ".content", role, content);
                    case Content.Turn.History(var name) -> parts.add(new Part.History(path, name));
                }
            }
        }

        void text(String path, String role, String text) {
            parts.add(new Part.Text(path, role, TemplateText.parse(text)));
            size += text.length();
        }
    }
}
