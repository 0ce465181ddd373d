package dev.promptlab;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.ApiClient.Response;
import dev.promptlab.testing.Eventually;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.People;
import dev.promptlab.testing.People.Member;
import dev.promptlab.testing.TestServer;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Rate limits as clients meet them, on two processes.
class LimitIT {
    private static TestServer server;
    private static TestServer other;
    private static People people;

    @BeforeAll
    static void start() {
        server = TestServer.start(Map.of("PROMPTLAB_AUTH", "required", "PROMPTLAB_RATE_LIMIT", "30/1h",
                "PROMPTLAB_RATE_LIMIT_READS", "60/1h"));
        other = server.another();
        people = new People(server.url());
    }

    @AfterAll
    static void stop() {
        other.close();
        server.close();
    }

    @Test
    void everyCountedAnswerSaysWhereTheCallerStands() {
        var ada = people.signUp("ada");
        var before = Instant.now().getEpochSecond();
        var first = ada.api().get("/templates").expect(200);
        assertThat(headers(first).subList(0, 2)).containsExactly("60", "58"); // GET /auth/me was the first
        assertThat(Long.parseLong(headers(first).getLast())).isBetween(before + 3_600, before + 3_610);
        var write = ada.api().post("/templates", "{}").expect(400);
        assertThat(headers(write).subList(0, 2)).containsExactly("30", "29");
        for (var path : List.of("/health", "/openapi.yaml", "/api-docs", "/app/")) {
            assertThat(ada.api().get(path).header("X-RateLimit-Limit")).isEmpty();
        }
    }

    @Test
    void beyondTheLimitTheAnswerIs429OnEveryProcessAndOnlyForThisCaller() {
        var eve = people.signUp("eve");
        var key = eve.key();
        var mine = ApiClient.of(server.url()).with("X-API-Key", key);
        var there = ApiClient.of(other.url()).with("X-API-Key", key);
        for (int i = 0; i < 15; i++) {
            mine.post("/render", "{}").expect(400);
            there.post("/render", "{}").expect(400);
        }
        for (var client : List.of(mine, there)) {
            var refused = client.post("/render", "{}").expect(429);
            assertThat(refused.json().at("/error/code").asText()).isEqualTo("rate_limited");
            assertThat(refused.errorMessage()).contains("30/1h writes", "API key");
            assertThat(headers(refused).subList(0, 2)).containsExactly("30", "0");
            assertThat(Integer.parseInt(refused.header("Retry-After").orElseThrow())).isBetween(3_500, 3_600);
        }
        mine.get("/templates").expect(200);
        eve.api().post("/render", "{}").expect(400);
    }

    @Test
    void whoeverDoesNotSayWhoTheyAreCountsByAddress() {
        var stranger = server.api().with("X-API-Key", "pl_unknown");
        int before = remaining(stranger.get("/templates").expect(401));
        assertThat(remaining(server.api().get("/jobs").expect(401))).isEqualTo(before - 1);
        assertThat(remaining(server.api().get("/.well-known/jwks.json").expect(200))).isEqualTo(before - 2);
    }

    @Test
    void aBatchCountsOnce() {
        var bob = people.signUp("bob");
        var line = Json.text(JobClient.request("mock", "echo", "hello"));
        int before = remaining(bob.api().post("/generate/batch", "[" + line + "]").expect(200));
        var many = bob.api().post("/generate/batch", "[" + line + "," + line + "," + line + "]").expect(200);
        assertThat(remaining(many)).isEqualTo(before - 1);
    }

    @Test
    void aWorkspaceLowersItsLimitsAndThoseOfAKeyWithinTwoSecondsEverywhere() {
        var carl = people.signUp("carl");
        var key = carl.api().post("/api-keys", Json.object().put("name", "small")).expect(201).json();
        carl.api().put("/limits", "{\"writes\":20,\"reads\":null}").expect(200);
        var set = carl.api().put("/limits/api-keys/" + key.get("id").asText(), "{\"reads\":5}").expect(200).json();
        assertThat(set.at("/writes/workspace").asInt()).isEqualTo(20);
        assertThat(set.at("/writes/ceiling").asText()).isEqualTo("30/1h");
        assertThat(set.at("/apiKeys/0/reads").asInt()).isEqualTo(5);
        var there = ApiClient.of(other.url()).with("X-API-Key", key.get("key").asText());
        awaitLimit(there, "5");
        var seen = there.get("/limits").expect(200).json();
        assertThat(seen.get("subject").asText()).isEqualTo("apiKey");
        assertThat(seen.at("/reads/requests").asInt()).isEqualTo(5);
        assertThat(seen.at("/writes/remaining").asInt()).isEqualTo(20);
        carl.api().put("/limits", "{\"writes\":31}").expect(400);
        carl.api().put("/limits", "{\"writes\":0}").expect(400);
        carl.api().put("/limits/api-keys/" + carl.userId(), "{\"reads\":5}").expect(404);
        there.put("/limits", "{}").expect(200);
        assertThat(actions(carl)).contains("limits.set", "limits.set_key");
    }

    @Test
    void theOperatorRaisesTheLimitOfAWorkspace() {
        var dora = people.signUp("dora");
        assertThat(
                server.admin("set-limit", "--workspace", dora.workspaceId(), "--writes", "500/10m", "--reads", "off"))
                .contains("writes 500/10m");
        Eventually.holds("no limit for reads",
                () -> dora.api().get("/templates").header("X-RateLimit-Limit").isEmpty());
        dora.api().put("/limits", "{\"writes\":400,\"reads\":7}").expect(200);
        var limits = dora.api().get("/limits").json();
        assertThat(limits.at("/writes/window").asText()).isEqualTo("10m");
        assertThat(limits.at("/reads/ceiling").isNull()).isTrue();
        assertThat(limits.at("/reads/window").asText()).isEqualTo("1m");
        assertThat(server.admin("set-limit", "--workspace", dora.workspaceId(), "--reads", "default")).isNotEmpty();
        assertThat(server.admin("set-limit", "--workspace", dora.workspaceId(), "--reads", "many")).isEmpty();
        assertThat(server.admin("set-limit", "--workspace", dora.userId(), "--reads", "off")).isEmpty();
        assertThat(actions(dora)).contains("limits.ceiling");
    }

    @Test
    void afterRetryAfterOneMoreIsAdmitted() {
        var fast = people.signUp("fast");
        server.admin("set-limit", "--workspace", fast.workspaceId(), "--reads", "2/1s");
        awaitLimit(fast.api(), "2");
        var refused = fast.api().get("/templates");
        while (refused.status() != 429) {
            refused = fast.api().get("/templates");
        }
        long seconds = Long.parseLong(refused.header("Retry-After").orElseThrow());
        LockSupport.parkNanos(Duration.ofSeconds(seconds).toNanos());
        fast.api().get("/templates").expect(200);
    }

    @Test
    void withoutLoginNobodyIsLimitedUnlessTheOperatorSaysSo() {
        try (var local = TestServer.start(Map.of())) {
            assertThat(local.api().get("/templates").expect(200).header("X-RateLimit-Limit")).isEmpty();
            assertThat(local.api().get("/limits").expect(200).json().at("/reads/requests").isNull()).isTrue();
            assertThat(local.api().put("/limits", "{\"reads\":5}").expect(409).errorMessage())
                    .contains("PROMPTLAB_RATE_LIMIT");
        }
        try (var local = TestServer.start(Map.of("PROMPTLAB_RATE_LIMIT_READS", "3/1h"))) {
            assertThat(remaining(local.api().get("/templates").expect(200))).isEqualTo(2);
            assertThat(local.api().get("/limits").expect(200).json().get("subject").asText()).isEqualTo("address");
        }
    }

    private static void awaitLimit(ApiClient client, String limit) {
        Eventually.holds("the limit " + limit, () -> client.get("/limits").header("X-RateLimit-Limit")
                .filter(limit::equals).isPresent());
    }

    private static List<String> actions(Member member) {
        return member.api().get("/audit").expect(200).json().findValuesAsText("action");
    }

    private static List<String> headers(Response response) {
        return List.of(response.header("X-RateLimit-Limit").orElseThrow(),
                response.header("X-RateLimit-Remaining").orElseThrow(),
                response.header("X-RateLimit-Reset").orElseThrow());
    }

    private static int remaining(Response response) {
        return Integer.parseInt(response.header("X-RateLimit-Remaining").orElseThrow());
    }
}
