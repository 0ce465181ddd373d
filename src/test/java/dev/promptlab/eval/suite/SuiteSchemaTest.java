package dev.promptlab.eval.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.eval.assertion.AssertionType;
import dev.promptlab.template.schema.AnySchema;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// docs/eval-suite.schema.json, which editors complete suites with.
class SuiteSchemaTest {
    private static final JsonNode SOURCE = read();
    private static final AnySchema SCHEMA = AnySchema.parse(SOURCE);

    @Test
    void theSuiteInTheDocumentationFits() throws Exception {
        var documentation = Files.readString(Path.of("docs/evaluations.md"));
        var start = documentation.indexOf("```yaml\n") + "```yaml\n".length();
        var yaml = documentation.substring(start, documentation.indexOf("```", start));
        assertThat(SCHEMA.errors(YamlReader.read("evaluations.md", yaml).json())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"prompts: [x]", "providers: echo",
            "{providers: echo, prompts: [x], promptlab: {repeets: 1}}",
            "{providers: echo, prompts: [x], tests: [{assert: [{type: contain}]}]}",
            "{providers: echo, prompts: [x], promptlab: {judge: {votes: 2}}}"})
    void whatTheLoaderRefusesTheSchemaRefuses(String yaml) throws Exception {
        assertThat(SCHEMA.errors(YamlReader.read("suite", yaml).json())).isNotEmpty();
    }

    @Test
    void theSchemaKnowsWhatTheLoaderKnows() {
        var pattern = SOURCE.path("$defs").path("assertion").path("properties").path("type").path("pattern").asText();
        assertThat(pattern).isEqualTo("^(not-)?(" + String.join("|", AssertionType.names()) + ")$");
        assertThat(keys("promptlab")).isEqualTo(new TreeSet<>(SettingsReader.KEYS));
        var own = SOURCE.path("$defs").path("promptlab").path("properties");
        assertThat(keys(own.path("gate").path("properties"))).isEqualTo(new TreeSet<>(SettingsReader.GATE));
        assertThat(keys(own.path("judge").path("properties"))).isEqualTo(new TreeSet<>(SettingsReader.JUDGE));
        assertThat(keys(own.path("budget").path("properties"))).isEqualTo(new TreeSet<>(SettingsReader.BUDGET));
    }

    private static TreeSet<String> keys(String definition) {
        return keys(SOURCE.path("$defs").path(definition).path("properties"));
    }

    private static TreeSet<String> keys(JsonNode properties) {
        var keys = new TreeSet<String>();
        properties.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    private static JsonNode read() {
        try {
            return Json.parse(Files.readString(Path.of("docs/eval-suite.schema.json")));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
