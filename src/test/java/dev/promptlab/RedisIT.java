package dev.promptlab;

import java.util.Map;
import java.util.UUID;

import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.CacheNodes;
import dev.promptlab.testing.Eventually;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.TestRedis;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static dev.promptlab.testing.CacheNodes.request;
import static org.assertj.core.api.Assertions.assertThat;

/// The whole service with a Redis, and without it in the middle.
@Tag("redis")
class RedisIT {
    private static TestRedis redis;
    private static CacheNodes nodes;

    @BeforeAll
    static void start() {
        redis = TestRedis.start();
        nodes = CacheNodes.start(Map.of("REDIS_URL", redis.url()));
        awaitRedis("ok");
    }

    @AfterAll
    static void stop() {
        nodes.close();
        redis.close();
    }

    /// More than once if need be: on a machine with too much to do Redis may count as slow for a moment.
    @Test
    void twoProcessesShareAResult() {
        Eventually.holds("the other process finds a result in Redis", () -> {
            var content = "shared " + UUID.randomUUID();
            var job = nodes.completed(content);
            assertThat(CacheNodes.jobOf(nodes.a(), request(content))).isEqualTo(job);
            assertThat(CacheNodes.jobOf(nodes.b(), request(content))).isEqualTo(job);
            return nodes.total().at("/hits/redis").asInt() > 0;
        });
        assertThat(redis.ask("keys", "*")).contains("promptlab:cache:{");
    }

    @Test
    void afterFreshAndAfterAPurgeRedisDoesNotAnswerWithTheOld() {
        var old = nodes.completed("old");
        CacheNodes.jobOf(nodes.a(), request("old"));
        assertThat(CacheNodes.jobOf(nodes.b(), request("old"))).isEqualTo(old);
        var fresh = new JobClient(nodes.a()).finished(nodes.a().post("/generate", request("old").put("fresh", true)))
                .get("id").asText();
        Eventually.holds("the other has forgotten it", () -> CacheNodes.jobOf(nodes.b(), request("old")).equals(fresh));
        assertThat(CacheNodes.jobOf(nodes.a(), request("old"))).isEqualTo(fresh);

        assertThat(nodes.b().delete("/cache?all=true").expect(200).json().get("purged").asInt()).isPositive();
        assertThat(CacheNodes.jobOf(nodes.b(), request("old"))).isNotIn(old, fresh);
        Eventually.holds("nobody knows it any more", () -> !CacheNodes.jobOf(nodes.a(), request("old")).equals(fresh));
    }

    @Test
    void nothingFailsWithoutItAndItIsUsedAgainWhenItIsBack() {
        var known = nodes.completed("known");
        redis.kill();
        work("killed", known);
        awaitRedis("degraded");
        redis.restart();
        awaitRedis("ok");
        work("back", known);
        redis.ask("flushall");
        work("flushed", known);
        Eventually.holds("it has results again", () -> !redis.ask("dbsize").equals("0"));
    }

    /// How few wait for it is in RedisTest.
    @Test
    void nothingFailsWhileItHangs() {
        var known = nodes.completed("known");
        redis.stop();
        for (int i = 0; i < 50; i++) {
            nodes.a().post("/generate", request("hung " + i)).expect(202);
        }
        awaitRedis("degraded");
        redis.cont();
        awaitRedis("ok");
        work("goes on", known);
    }

    private static void work(String what, String known) {
        for (int i = 0; i < 8; i++) {
            assertThat(CacheNodes.jobOf(nodes.a(), request("known"))).isEqualTo(known);
            assertThat(CacheNodes.jobOf(nodes.b(), request("known"))).isEqualTo(known);
            nodes.a().post("/generate", request(what + " " + i)).expect(202);
        }
        assertThat(new JobClient(nodes.b()).finished(nodes.b().post("/generate", request(what + " 7"))).get("status")
                .asText()).isEqualTo("completed");
    }

    private static void awaitRedis(String state) {
        Eventually.holds("Redis is " + state, () -> is(nodes.a(), state) && is(nodes.b(), state));
    }

    private static boolean is(ApiClient node, String state) {
        return node.get("/health/ready").expect(200).json().at("/checks/redis").asText().equals(state);
    }
}
