package dev.promptlab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.Behaviour;
import dev.promptlab.testing.ScriptedProvider;
import dev.promptlab.testing.ServerProcess;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// A run whose process is killed in the middle is as good as one that nobody disturbed.
class EvaluationFaultIT {
    private static final int CASES = 60;
    private static final int CONCURRENCY = 8;

    private ScriptedProvider provider;
    private TestDatabase database;

    @BeforeEach
    void open() {
        provider = ScriptedProvider.start();
        database = TestDatabase.create();
    }

    @AfterEach
    void close() {
        provider.close();
        database.close();
    }

    @Test
    void aRunGoesOnInAnotherProcessAndPaysNothingTwice() {
        provider.openAi().always(Behaviour.answer("hello", 3, 2).after(Duration.ofMillis(50)));
        try (var survivor = serve("api"); var first = serve("worker")) {
            first.awaitReady();
            survivor.awaitReady();
            var api = ApiClient.of(survivor.url());
            var suite = api.post("/evals/suites", Json.object().put("content", suite())).expect(201).json()
                    .get("id").asText();
            var disturbed = start(api, suite);
            provider.awaitCalls(CASES / 3);
            first.kill();
            try (var second = serve("worker")) {
                second.awaitReady();
                var result = report(api, disturbed);
                var calls = provider.calls().size();
                var undisturbed = report(api, start(api, suite));

                assertThat(calls).isBetween(CASES, CASES + CONCURRENCY);
                assertThat(provider.calls().size()).isEqualTo(calls + CASES);
                assertThat(differences(comparable(result), comparable(undisturbed))).isEmpty();
            }
        }
    }

    private static String suite() {
        var content = new StringBuilder("""
                prompts: ['Say hello to {{n}}']
                providers: ['openai:gpt-4o-mini']
                defaultTest: {assert: [{type: contains, value: hello}]}
                tests:
                """);
        for (var i = 0; i < CASES; i++) {
            content.append("  - vars: {n: '").append(i).append("'}\n");
        }
        return content.toString();
    }

    private static String start(ApiClient api, String suite) {
        return api.post("/evals/runs", Json.object().put("suiteId", suite).put("concurrency", CONCURRENCY)
                .put("cache", false)).expect(202).json().get("id").asText();
    }

    private static JsonNode report(ApiClient api, String run) {
        var ended = api.get("/evals/runs/" + run + "?wait=60s").expect(200).json();
        assertThat(ended.get("status").asText()).as(ended.toString()).isEqualTo("completed");
        return api.get("/evals/runs/" + run + "/report").expect(200).json();
    }

    private static List<String> differences(JsonNode one, JsonNode other) {
        var differences = new ArrayList<String>();
        one.properties().stream().filter(each -> !each.getKey().equals("rows"))
                .filter(each -> !each.getValue().equals(other.get(each.getKey())))
                .forEach(each -> differences.add(each + ", not " + other.get(each.getKey())));
        for (var i = 0; i < CASES; i++) {
            if (!one.get("rows").get(i).equals(other.get("rows").get(i))) {
                differences.add(one.get("rows").get(i) + ", not " + other.get("rows").get(i));
            }
        }
        return differences;
    }

    /// Without what times and chance decide.
    private static JsonNode comparable(JsonNode report) {
        var copy = (ObjectNode) report.deepCopy();
        copy.remove(List.of("runId", "execution"));
        copy.get("rows").forEach(row -> ((ObjectNode) row).remove("execution"));
        return copy;
    }

    private ServerProcess serve(String role) {
        var environment = new HashMap<>(Map.of("DATABASE_URL", database.environmentUrl(), "OPENAI_API_KEY", "test-key",
                "OPENAI_BASE_URL", provider.openAiUrl().toString(), "PROMPTLAB_LEASE", "2s", "PROMPTLAB_RATE_LIMIT",
                "off", "PROMPTLAB_RATE_LIMIT_READS", "off"));
        return ServerProcess.launch(environment, "serve", "--roles", role, "--port", "0");
    }
}
