package dev.promptlab.limit.rate;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

import dev.promptlab.testing.Eventually;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.testing.TestRedis;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// Two processes that count in a real Redis.
@Tag("redis")
class RedisWindowsTest {
    private static final Duration WINDOW = Duration.ofMillis(500);
    private static final Duration LONG = Duration.ofMinutes(1);
    private static TestDatabase database;
    private static TestRedis redis;
    private static List<WindowNode> nodes;

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        redis = TestRedis.start();
        nodes = List.of(new WindowNode(database, redis, WINDOW), new WindowNode(database, redis, WINDOW));
        Eventually.holds("both count in Redis", () -> nodes.stream().allMatch(WindowNode::countsInRedis));
        pause(WINDOW.plusMillis(1)); // the generation is young: keys that are not there are looked up in PostgreSQL
    }

    @AfterAll
    static void stop() {
        nodes.forEach(WindowNode::close);
        redis.close();
        database.close();
    }

    /// 400 requests at once, at five phases of the window, twice each.
    @Test
    void exactlyTheLimitIsAdmittedAtEveryPhaseOfTheWindow() {
        for (int phase = 0; phase < 5; phase++) {
            var ask = new Ask("phase " + phase, 100, WINDOW);
            var admissions = new Admissions();
            pause(Duration.ofMillis(phase * 100L));
            for (int burst = 0; burst < 2; burst++) {
                burst(ask, admissions);
                pause(WINDOW.plusMillis(1));
            }
            assertThat(admissions.mostWithin(WINDOW)).isLessThanOrEqualTo(100);
            assertThat(admissions.count()).isGreaterThanOrEqualTo(200); // more when a burst lasts longer than the window
        }
    }

    private static void burst(Ask ask, Admissions admissions) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            IntStream.range(0, 400).forEach(i -> threads.execute(() -> {
                long begin = System.nanoTime();
                if (nodes.get(i % 2).windows().admit(ask).admitted()) {
                    admissions.add(begin, System.nanoTime());
                }
            }));
        }
    }

    @Test
    void anAdmissionIsOneRoundTrip() {
        var ask = new Ask("trips", 1_000, WINDOW);
        nodes.getFirst().windows().admit(ask);
        redis.ask("config", "resetstat");
        for (int i = 0; i < 50; i++) {
            nodes.get(i % 2).windows().admit(ask);
        }
        assertThat(redis.ask("info", "commandstats").lines().filter(line -> line.startsWith("cmdstat_eval")))
                .anySatisfy(line -> assertThat(Integer.parseInt(line.replaceFirst("[^:]*:calls=(\\d+),.*", "$1")))
                        .isBetween(50, 60)); // and the marks, five times a second
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 128, 300})
    void itCountsAsAWindowInMemoryDoes(int limit) {
        var ask = new Ask("as in memory " + limit, limit, LONG);
        for (int i = 1; i <= limit; i++) {
            assertThat(nodes.get(i % 2).windows().admit(ask).remaining()).isEqualTo(limit - i);
        }
        var refused = nodes.getFirst().windows().admit(ask);
        assertThat(refused.admitted()).isFalse();
        assertThat(refused.retryAfter()).isBetween(LONG.minusSeconds(20), LONG.plusMillis(1));
        assertThat(refused.reset()).isBetween(refused.retryAfter().minusNanos(1_000), LONG);
        assertThat(nodes.getLast().windows().look(ask).remaining()).isZero();
        assertThat(nodes.getLast().windows().admit(new Ask(ask.subject(), limit + 1, LONG)).admitted()).isTrue();
    }

    @Test
    void afterExactlyRetryAfterOneMoreIsAdmitted() {
        var ask = new Ask("retry", 2, WINDOW);
        nodes.getFirst().windows().admit(ask);
        nodes.getLast().windows().admit(ask);
        var refused = nodes.getFirst().windows().admit(ask);
        assertThat(refused.admitted()).isFalse();
        pause(refused.retryAfter());
        assertThat(nodes.getLast().windows().admit(ask).admitted()).isTrue();
    }

    private static void pause(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }
}
