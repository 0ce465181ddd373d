package dev.promptlab;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.TestServer;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Figures over time, counts of jobs and saved views, on the whole service.
class HistoryIT {
    private static TestServer server;
    private static ApiClient api;
    private static JobClient jobs;

    @BeforeAll
    static void start() {
        server = TestServer.start(java.util.Map.of());
        api = server.api();
        jobs = new JobClient(api);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void figuresCountEveryEndingOnceWhateverHappensToTheJobLater() {
        var template = api.post("/templates", Json.object().put("name", "greet").put("userPrompt", "Hello {{name}}"))
                .expect(201).json().get("id").asText();
        for (var name : new String[]{"Ada", "Bob", "Cleo"}) {
            var request = Json.object().put("templateId", template).put("provider", "mock");
            request.putObject("variables").put("name", name);
            end(request);
        }
        var doomed = JobClient.request("mock", "echo", "to fail");
        doomed.putObject("params").put("failures", 20).put("status", 400);
        end(doomed);
        api.post("/jobs/redrive", Json.object().put("expectedCount", 1)).expect(202);
        var failed = JobClient.request("mock", "echo", "to fail and go");
        failed.putObject("params").put("failures", 20).put("status", 400);
        end(failed);
        awaitFailed(2);
        api.post("/jobs/purge", Json.object().put("expectedCount", 2)).expect(200);

        var summary = await("/stats/summary?compare=true", json -> json.get("current").get("jobs").asInt() == 6);
        var current = summary.get("current");
        assertThat(current.get("completed").asInt()).isEqualTo(3);
        assertThat(current.get("failed").asInt()).isEqualTo(3);
        assertThat(current.get("successRate").asDouble()).isEqualTo(0.5);
        assertThat(current.get("calls").asInt()).isEqualTo(6);
        assertThat(current.get("latencyMs").get("p95").asInt()).isPositive();
        assertThat(summary.get("previous").get("jobs").asInt()).isZero();

        var byTemplate = api.get("/stats/series?metric=jobs&by=template&top=1").expect(200).json();
        assertThat(sum(byTemplate, 0)).isEqualTo(3);
        assertThat(byTemplate.get("series").findValuesAsText("key")).containsExactlyInAnyOrder("-", "*");
        var errors = api.get("/stats/series?metric=errors").expect(200).json();
        assertThat(errors.get("series").findValuesAsText("key")).containsExactly("invalid_request");
        assertThat(sum(errors, 0)).isEqualTo(3);
        assertThat(api.get("/stats/series?metric=latency&step=15m").expect(200).json().get("series")).hasSize(3);
        assertThat(api.get("/stats/templates").expect(200).json().get("templates").findValuesAsText("templateId"))
                .containsExactly(template);
    }

    private static void end(com.fasterxml.jackson.databind.node.ObjectNode request) {
        var id = jobs.submit(request);
        api.get("/jobs/" + id + "?wait=60s").expect(200);
    }

    private static void awaitFailed(int count) {
        await("/jobs/histogram", json -> json.get("counts").get("failed").asInt() == count);
    }

    private static JsonNode await(String path, Predicate<JsonNode> condition) {
        var end = Instant.now().plus(Duration.ofSeconds(60));
        var json = api.get(path).expect(200).json();
        while (!condition.test(json) && Instant.now().isBefore(end)) {
            json = api.get(path).expect(200).json();
        }
        assertThat(condition).accepts(json);
        return json;
    }

    private static int sum(JsonNode series, int line) {
        int sum = 0;
        for (var value : series.get("series").get(line).get("values")) {
            sum += value.asInt();
        }
        return sum;
    }

    @Test
    void whatIsAskedWronglyIsSaid() {
        assertThat(api.get("/stats/series").expect(400).text()).contains("metric").contains("is required");
        assertThat(api.get("/stats/series?metric=latency&by=status").expect(400).text())
                .contains("one of provider, model, none");
        assertThat(api.get("/stats/series?metric=jobs&step=7m").expect(400).text()).contains("a multiple of 5m");
        assertThat(api.get("/stats/series?metric=jobs&from=2020-01-01T00:00:00Z").expect(400).text())
                .contains("at most 400 days");
        assertThat(api.get("/jobs/histogram?limit=10").expect(400).text()).contains("no pages");
    }

    @Test
    void aSavedViewIsSharedChangedAndDeleted() {
        var body = Json.object().put("page", "jobs").put("name", "Failed today");
        body.putObject("query").put("status", "failed");
        var view = api.post("/views", body).expect(201).json();
        var path = "/views/" + view.get("id").asText();
        assertThat(api.post("/views", body).expect(409).text()).contains("already");

        var change = Json.object().put("name", "Failed this week");
        change.putObject("query").put("status", "failed").put("range", "7d");
        assertThat(api.put(path, change).expect(200).json().get("query")).isEqualTo(change.get("query"));
        assertThat(api.get("/views?page=jobs").expect(200).json()).hasSize(1);
        assertThat(api.get("/views?page=dashboard").expect(200).json()).isEmpty();
        api.delete(path).expect(204);
        api.delete(path).expect(404);
        assertThat(api.post("/views", Json.object().put("page", "jobs").put("name", "x").put("query", "text"))
                .expect(400).text()).contains("query");
    }
}
