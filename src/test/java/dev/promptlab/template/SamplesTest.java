package dev.promptlab.template;

import java.util.Map;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class SamplesTest {
    @Test
    void areTheThreeOfTheProduct() {
        assertThat(Samples.all()).extracting(Sample::name).containsExactly("Blog Post Writer", "Code Reviewer",
                "Email Composer");
    }

    @ParameterizedTest
    @MethodSource("dev.promptlab.template.Samples#all")
    void renderWithTheirExample(Sample sample) {
        renders(sample, sample.variables());
    }

    @ParameterizedTest
    @MethodSource("dev.promptlab.template.Samples#all")
    void renderWithNothingButInput(Sample sample) {
        renders(sample, Json.object().put("input", "something"));
        assertThat(CompiledContent.of(sample.content()).variables()).startsWith("input");
    }

    private static void renders(Sample sample, ObjectNode variables) {
        var content = CompiledContent.of(sample.content());
        var rendered = content.render(variables);
        assertThat(content.check(variables)).isEmpty();
        assertThat(rendered.missing()).isEmpty();
        assertThat(rendered.errors()).isEqualTo(Map.of());
        assertThat(rendered.messages()).hasSize(2).allSatisfy(
                message -> assertThat(message.content()).isNotBlank().doesNotContain("{{", "{%", "\n\n\n"));
        assertThat(rendered.messages().getLast().content()).contains(variables.get("input").textValue().strip());
    }
}
