package dev.promptlab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.TestServer;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// What operators see: right figures, bounded labels, and nothing in dashboards or alerts that is not there.
class MetricsIT {
    private static final Pattern OWN = Pattern.compile("promptlab_\\w+");
    private static final Pattern LINK = Pattern.compile("docs/(\\w+\\.md)#([\\w-]+)");

    private static TestServer server;
    private static JobClient jobs;

    @BeforeAll
    static void start() {
        server = TestServer.start(Map.of("PROMPTLAB_METRICS_PORT", "0", "PROMPTLAB_RETRY_BACKOFF", "1ms"));
        jobs = new JobClient(server.api());
        jobs.finished(jobs.submit(JobClient.request("mock", "echo", "three words here")));
        var failing = JobClient.request("mock", "echo", "no luck").put("maxAttempts", 2);
        failing.putObject("params").put("failures", 5).put("status", 503);
        jobs.finished(jobs.submit(failing));
        var later = JobClient.request("mock", "lorem", "tomorrow").put("priority", "low").put("runAt",
                "2999-01-01T00:00:00Z");
        jobs.submit(later);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void figuresAreRight() {
        var text = scrape();
        assertThat(text).contains("promptlab_jobs_ended_total{status=\"completed\"} 1.0")
                .contains("promptlab_jobs_ended_total{status=\"failed\"} 1.0")
                .contains(
                        "promptlab_provider_calls_seconds_count{class=\"unavailable\",model=\"echo\",outcome=\"retry\",provider=\"mock\"} 1")
                .contains(
                        "promptlab_provider_calls_seconds_count{class=\"unavailable\",model=\"echo\",outcome=\"failed\",provider=\"mock\"} 1")
                .contains("promptlab_tokens_total{kind=\"output\",model=\"echo\",provider=\"mock\"}")
                .contains("promptlab_cost_usd_total{model=\"echo\",provider=\"mock\"} 0.0")
                .contains(
                        "promptlab_queue_jobs{model=\"lorem\",priority=\"low\",provider=\"mock\",state=\"delayed\"} 1.0")
                .contains("promptlab_late_answers_total 0.0").contains("promptlab_worker_slots 64.0")
                .containsPattern(
                        "promptlab_http_requests_seconds_count\\{method=\"POST\",route=\"/generate\",status=\"202\"\\} 3")
                .containsPattern("promptlab_db_connections\\{pool=\"worker\",state=\"open\"\\} [1-9]")
                .contains("promptlab_event_streams 0.0").contains("promptlab_cache_submits_total{found=\"memory\"}")
                .contains("jvm_memory_used_bytes{");
    }

    @Test
    void whatAnybodyMaySendIsNoLabel() {
        var unknown = "/no-such-place-" + System.nanoTime();
        server.api().get(unknown).expect(404);
        assertThat(scrape()).doesNotContain(unknown).contains("route=\"none\",status=\"404\"");
    }

    @Test
    void onAPortOfTheirOwnTheyAreShownWhereTheApiHidesThem() {
        try (var closed = TestServer.start(Map.of("PROMPTLAB_AUTH", "required", "PROMPTLAB_METRICS_PORT", "0"))) {
            closed.api().get("/metrics").expect(404);
            var operators = ApiClient.of(closed.operatorsUrl());
            assertThat(operators.get("/metrics").expect(200).text()).contains("promptlab_worker_slots");
            operators.get("/health/ready").expect(200);
            assertThat(operators.get("/jobs/" + UUID.randomUUID()).expect(404).text()).contains("there is no route");
        }
    }

    @Test
    void dashboardsAndAlertsAskForWhatIsThere() throws IOException {
        var asked = new TreeSet<String>();
        collect(Json.parse(Files.readString(Path.of("deploy/grafana/promptlab.json"))), asked);
        collect(rules(), asked);
        assertThat(asked).hasSizeGreaterThan(15);
        assertThat(series(scrape())).containsAll(asked);
    }

    @Test
    void everyAlertNamesARunbookThatIsThere() throws IOException {
        for (var alert : rules().at("/groups/0/rules")) {
            var link = LINK.matcher(alert.at("/annotations/runbook_url").asText());
            assertThat(link.find()).as(alert.toString()).isTrue();
            assertThat(Files.readString(Path.of("docs", link.group(1))).lines()
                    .filter(line -> line.startsWith("#")).map(MetricsIT::anchor)).contains(link.group(2));
        }
    }

    private static String anchor(String heading) {
        return heading.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT).replaceAll("[^\\w -]", "").replace(' ',
                '-');
    }

    private static String scrape() {
        return server.api().get("/metrics").expect(200).text();
    }

    private static JsonNode rules() throws IOException {
        return new YAMLMapper().readTree(Path.of("deploy/prometheus/rules.yaml").toFile());
    }

    private static void collect(JsonNode node, Set<String> names) {
        if (node.isTextual()) {
            OWN.matcher(node.textValue()).results().forEach(found -> names.add(found.group()));
        }
        node.forEach(child -> collect(child, names));
    }

    private static Set<String> series(String text) {
        var names = new HashSet<String>();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> names.add(line.split("[{ ]", 2)[0]));
        return names;
    }
}
