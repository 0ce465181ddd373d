package dev.promptlab.template.language;

import dev.promptlab.web.Json;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import static org.assertj.core.api.Assertions.assertThat;

class TemplateTextPropertyTest {
    @Property
    void textWithoutDelimitersRendersToItself(@ForAll("plainText") String text) {
        var template = TemplateText.parse(text);
        assertThat(template.render(Json.object(), new Budget()).text()).isEqualTo(text);
        assertThat(template.variables()).isEmpty();
    }

    @Property
    void valuesAreNeverReadAsTemplates(@ForAll("templateLike") String value) {
        var variables = Json.object().put("value", value);
        assertThat(TemplateText.parse("[{{ value }}]").render(variables, new Budget()).text())
                .isEqualTo("[" + value + "]");
    }

    @Property
    void rawTextRendersToItself(@ForAll("templateLike") String text) {
        var inner = text.replace("endraw", "");
        assertThat(TemplateText.parse("{% raw %}" + inner + "{% endraw %}").render(Json.object(), new Budget()).text())
                .isEqualTo(inner);
    }

    @Property(tries = 3000)
    void whatParsesRendersWithinItsBoundsOrSaysWhyNot(@ForAll("templateLike") String source) {
        TemplateText template;
        try {
            template = TemplateText.parse(source);
        } catch (TemplateSyntaxException e) {
            assertThat(e.position().line()).isPositive();
            return;
        }
        try {
            var variables = Json.parseObject("{\"a\": [1, {\"b\": \"x\"}], \"b\": {\"a\": \"{{ a }}\"}, \"name\": 2}");
            var rendering = template.render(variables, new Budget());
            assertThat(rendering.text().length()).isLessThanOrEqualTo(Budget.MAX_OUTPUT);
        } catch (RenderException e) {
            assertThat(e.getMessage()).startsWith("line ");
        }
    }

    @Provide
    Arbitrary<String> plainText() {
        return Arbitraries.strings().filter(text -> !text.matches("(?s).*\\{[{%#].*"));
    }

    /// Pieces of the language in any order.
    @Provide
    Arbitrary<String> templateLike() {
        return Arbitraries.of("{{", "}}", "{%", "%}", "{#", "#}", "{%-", "-%}", "{{-", "-}}", " ", "\n", "a", "b",
                "name",
                "if", "elif", "else", "endif", "for", "in", "endfor", "raw", "endraw", "{% raw %}", "{% endraw %}",
                "{% if a %}", "{% else %}", "{% endif %}", "{% for x in a %}", "{% for k, v in b %}", "{% endfor %}",
                "{{ a }}", "{{ x.b }}", "{{ a[0] }}", "|", "upper", "first", "join", "default('d')", ".", "[", "]", "(",
                ")", ",", "'s'", "\"", "\\", "1", "-1", "0.5", "==", "<", "and", "or", "not", "is", "defined",
                "loop.index",
                "é", "😀").list().ofMaxSize(25).map(pieces -> String.join("", pieces));
    }
}
