package dev.promptlab.template.language;

import java.util.List;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// A parsed template: text with `{{ outputs }}`, `{% if %}`, `{% for %}`, `{% raw %}` and `{# comments #}`.
/// Immutable, thread-safe.
public final class TemplateText {
    private final String source;
    private final List<Node> nodes;
    private final List<String> variables;

    TemplateText(String source, List<Node> nodes, List<String> variables) {
        this.source = source;
        this.nodes = nodes;
        this.variables = variables;
    }

    /// @throws TemplateSyntaxException when `source` is no template; nothing else is ever thrown
    public static TemplateText parse(String source) {
        return Parser.parse(source);
    }

    /// Whether `text` can be written as the name of a variable.
    public static boolean isVariableName(String text) {
        return Lexer.isName(text) && !ExpressionParser.isReserved(text);
    }

    /// The variables that the template refers to anywhere, loop variables excluded, in order of appearance.
    public List<String> variables() {
        return variables;
    }

    /// Fills the template. Whether something undefined is a failure is the caller's choice, see [Rendering#undefined].
    ///
    /// @throws RenderException when an operation does not fit a value, or `budget` is used up
    public Rendering render(ObjectNode values, Budget budget) {
        return new Renderer(source, values, budget).render(nodes);
    }
}
