package dev.promptlab;

import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.TestServer;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Clients of the first PromptLab send `{templateId, provider, input}` and read a handful of fields.
class OldClientIT {
    private TestServer server;
    private ApiClient api;

    @BeforeEach
    void start() {
        server = TestServer.start(Map.of());
        api = server.api();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theOldDemoWorksWordForWord() {
        assertThat(api.get("/health").expect(200).json()).isEqualTo(Json.object().put("status", "ok"));
        var templates = api.get("/templates").expect(200).json();
        assertThat(templates.findValuesAsText("name")).contains("Blog Post Writer", "Code Reviewer", "Email Composer");

        for (var template : templates) {
            var answer = api.post("/generate", Json.object().put("templateId", template.get("id").asText())
                    .put("provider", "mock").put("input", "the history of tea")).expect(202);
            assertThat(answer.json().get("cached").asBoolean()).isFalse();
            var location = answer.header("Location").orElseThrow();
            assertThat(location).isEqualTo("/jobs/" + answer.json().get("jobId").asText());

            var job = api.get(location + "?wait=30s").expect(200).json();
            assertThat(job.get("status").asText()).isEqualTo("completed");
            assertThat(job.get("output").asText()).contains("the history of tea");
            assertThat(job.get("error").isNull()).isTrue();
            assertThat(job.get("attempts").asInt()).isEqualTo(1);
            assertThat(job.get("totalTokens").asInt())
                    .isEqualTo(job.get("inputTokens").asInt() + job.get("outputTokens").asInt());
            assertThat(job.get("estimatedCostUSD").decimalValue()).isEqualByComparingTo("0");
            assertThat(job.get("input").asText()).isEqualTo("the history of tea");
            assertThat(job.at("/template/name")).isEqualTo(template.get("name"));
        }
    }

    @Test
    void aJobKeepsTheNameThatItsTemplateHad() {
        var template = api.get("/templates").expect(200).json().get(0);
        var path = "/templates/" + template.get("id").asText();
        var job = api.get("/jobs/" + api.post("/generate", Json.object().put("templateId", template.get("id").asText())
                .put("provider", "mock").put("input", "x")).json().get("jobId").asText() + "?wait=30s").expect(200)
                .json();
        var change = Json.object().put("name", "Renamed");
        for (var field : new String[]{"systemPrompt", "userPrompt", "variablesSchema"}) {
            copy(template, field, change);
        }
        api.put(path, change).expect(200);

        assertThat(api.get("/jobs/" + job.get("id").asText()).expect(200).json()).isEqualTo(job);
    }

    private static void copy(JsonNode from, String field, com.fasterxml.jackson.databind.node.ObjectNode to) {
        if (!from.get(field).isNull()) {
            to.set(field, from.get(field));
        }
    }
}
