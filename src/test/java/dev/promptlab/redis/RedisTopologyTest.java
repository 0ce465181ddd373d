package dev.promptlab.redis;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.promptlab.testing.Eventually;
import dev.promptlab.testing.TestRedis;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/// The other ways in which servers stand together.
@Tag("redis")
class RedisTopologyTest {
    private static final Duration PATIENT = Duration.ofSeconds(10);
    private static final int MASTERS = 3;

    @Test
    void aClusterAnswersForKeysOfEveryMasterAndIsAwayWithOneOfThem() {
        var nodes = IntStream.range(0, MASTERS).mapToObj(_ -> clusterNode()).toList();
        try {
            var addresses = nodes.stream().map(node -> "127.0.0.1:" + node.port()).toList();
            nodes.getFirst().ask(Stream.concat(Stream.concat(Stream.of("--cluster", "create"), addresses.stream()),
                    Stream.of("--cluster-yes")).toArray(String[]::new));
            Eventually.holds("every node knows that all slots are served",
                    () -> nodes.stream().allMatch(node -> node.ask("cluster", "info").contains("cluster_state:ok")));
            try (var redis = connect("redis://" + String.join(",", addresses.subList(0, 2)))) {
                keysOfAllMasters()
                        .forEach(key -> assertThat(redis.ask(commands -> commands.set(key, key.getBytes(UTF_8))))
                                .as(key).contains("OK"));
                nodes.getLast().kill();
                Eventually.holds("the loss of a master is noticed", () -> !redis.isUp());
            }
        } finally {
            nodes.forEach(TestRedis::close);
        }
    }

    /// Every third of the slots has some of them.
    private static List<String> keysOfAllMasters() {
        return IntStream.range(0, 50).mapToObj(i -> "{" + i + "}key").toList();
    }

    private static TestRedis clusterNode() {
        return TestRedis.start("--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--cluster-port",
                "" + TestRedis.freePort());
    }

    @Test
    void sentinelsSayWhoTheMasterIsAlsoAfterItsDeath() {
        try (var master = TestRedis.start();
                var replica = TestRedis.start("--replicaof", "127.0.0.1 " + master.port());
                var sentinel = TestRedis.startSentinel(master.port())) {
            Eventually.holds("the Sentinel knows the replica",
                    () -> sentinel.ask("sentinel", "replicas", "main").contains("" + replica.port()));
            try (var redis = connect("redis-sentinel://127.0.0.1:" + sentinel.port() + "#main")) {
                assertThat(redis.ask(commands -> commands.set("a", "b".getBytes(UTF_8)))).contains("OK");
                master.kill();
                Eventually.holds("the loss of the master is noticed", () -> !redis.isUp());
                Eventually.holds("the replica has taken over", redis::isUp);
                assertThat(redis.ask(commands -> commands.set("a", "c".getBytes(UTF_8)))).contains("OK");
                assertThat(replica.ask("get", "a")).isEqualTo("c");
            }
        }
    }

    private static Redis connect(String url) {
        var redis = Redis.connect(RedisUrl.parse(url), PATIENT);
        Eventually.holds("Redis is up", redis::isUp);
        return redis;
    }
}
