package dev.promptlab;

import java.util.Map;

import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.CacheNodes;
import dev.promptlab.testing.Eventually;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.ScriptedProvider;
import dev.promptlab.testing.TestServer;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.promptlab.testing.CacheNodes.request;
import static org.assertj.core.api.Assertions.assertThat;

/// Results that are used again, by two processes without Redis.
class CacheIT {
    private static CacheNodes nodes;

    @BeforeAll
    static void start() {
        nodes = CacheNodes.start(Map.of());
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @Test
    void afterAFreshJobTheOtherProcessForgetsTheOldOne() {
        var old = nodes.completed("fresh");
        assertThat(CacheNodes.jobOf(nodes.b(), request("fresh"))).isEqualTo(old);
        assertThat(CacheNodes.jobOf(nodes.b(), request("fresh"))).isEqualTo(old);
        var fresh = new JobClient(nodes.a()).finished(nodes.a().post("/generate", request("fresh").put("fresh", true)));
        assertThat(CacheNodes.jobOf(nodes.a(), request("fresh"))).isEqualTo(fresh.get("id").asText());
        Eventually.holds("the other has forgotten the old one",
                () -> CacheNodes.jobOf(nodes.b(), request("fresh")).equals(fresh.get("id").asText()));
    }

    @Test
    void aPurgedInputIsWorkAgainOnAllProcessesAndItsJobCanBeRead() {
        var old = nodes.completed("purge one");
        var kept = nodes.completed("purge another");
        assertThat(CacheNodes.jobOf(nodes.b(), request("purge one"))).isEqualTo(old);
        var hash = nodes.a().get("/jobs/" + old).json().get("inputHash").asText();

        assertThat(nodes.a().delete("/cache?inputHash=" + hash).expect(200).json().get("purged").asInt()).isEqualTo(1);
        assertThat(nodes.a().delete("/cache?inputHash=" + hash).expect(200).json().get("purged").asInt()).isZero();

        assertThat(CacheNodes.jobOf(nodes.a(), request("purge one"))).isNotEqualTo(old);
        Eventually.holds("the other has forgotten it",
                () -> !CacheNodes.jobOf(nodes.b(), request("purge one")).equals(old));
        assertThat(CacheNodes.jobOf(nodes.b(), request("purge another"))).isEqualTo(kept);
        assertThat(nodes.b().get("/jobs/" + old).expect(200).json().get("status").asText()).isEqualTo("completed");
        assertThat(nodes.a().get("/audit").json().toString()).contains("cache.purge", hash);
    }

    @Test
    void aTemplateIsPurgedAlone() {
        var template = nodes.a().post("/templates",
                Json.object().put("name", "purged").put("userPrompt", "say {{input}}")).expect(201).json();
        var ofTemplate = Json.object().put("templateId", template.get("id").asText()).put("provider", "mock")
                .put("input", "hello");
        var old = new JobClient(nodes.a()).finished(nodes.a().post("/generate", ofTemplate)).get("id").asText();
        var other = nodes.completed("of no template");

        var purged = nodes.b().delete("/cache?templateId=" + template.get("id").asText()).expect(200).json();

        assertThat(purged.get("purged").asInt()).isEqualTo(1);
        assertThat(CacheNodes.jobOf(nodes.b(), ofTemplate)).isNotEqualTo(old);
        assertThat(CacheNodes.jobOf(nodes.b(), request("of no template"))).isEqualTo(other);
    }

    @ParameterizedTest
    @CsvSource({"'',400", "?all=false,400", "?all=true&inputHash=00,400", "?inputHash=ABC,400",
            "?templateId=00000000-0000-7000-8000-00000000ffff,404"})
    void saysWhatCannotBePurged(String query, int status) {
        nodes.a().delete("/cache" + query).expect(status);
    }

    @Test
    void whatWasSavedIsCountedExactly() {
        try (var provider = ScriptedProvider.start();
                var server = TestServer.start(provider);
                var other = server.another()) {
            provider.anthropic().answers("A post about tea.", 36, 783);
            var job = new JobClient(server.api()).finished(server.api().post("/generate", JobClient.request("tea")));
            duplicates(server.api(), 3);
            duplicates(other.api(), 2);
            server.api().get("/cache").expect(200);

            var figures = other.api().get("/cache?days=2").expect(200).json();

            var total = figures.get("total");
            assertThat(total.get("hits")).isEqualTo(CacheNodes.hits(3, 0, 2));
            assertThat(total.get("misses").asInt()).isEqualTo(1);
            assertThat(total.get("savedInputTokens").asInt()).isEqualTo(5 * 36);
            assertThat(total.get("savedOutputTokens").asInt()).isEqualTo(5 * 783);
            assertThat(total.get("savedCostUSD").decimalValue()).isEqualByComparingTo("0.00493875");
            assertThat(total.get("unpricedHits").asInt()).isZero();
            assertThat(figures.get("days")).hasSizeBetween(1, 2);
            assertThat(figures.at("/entries/stored").asInt()).isEqualTo(1);
            assertThat(figures.at("/entries/memory").asInt()).isEqualTo(1);
            assertThat(job.get("estimatedCostUSD").decimalValue()).isEqualByComparingTo("0.00098775");
        }
    }

    private static void duplicates(ApiClient api, int times) {
        for (int i = 0; i < times; i++) {
            api.post("/generate", JobClient.request("tea")).expect(200);
        }
    }
}
