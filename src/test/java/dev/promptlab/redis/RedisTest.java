package dev.promptlab.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.promptlab.testing.Eventually;
import dev.promptlab.testing.TestRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

@Tag("redis")
class RedisTest {
    /// Longer than any pause of a machine with too much to do.
    private static final Duration PATIENT = Duration.ofSeconds(10);
    private static final Script COUNT = Script.of("return {redis.call('incrby', KEYS[1], ARGV[1]), 7}");

    private final List<Redis> clients = new ArrayList<>();
    private final TestRedis server = TestRedis.start();

    @AfterEach
    void stop() {
        clients.forEach(Redis::close);
        server.close();
    }

    @Test
    void answersAndSaysWhoAsks() {
        var redis = connect(server.url());
        assertThat(redis.ask(commands -> commands.set("a", "b".getBytes(UTF_8)))).contains("OK");
        assertThat(redis.ask(commands -> commands.get("a")))
                .hasValueSatisfying(value -> assertThat(value).asString().isEqualTo("b"));
        assertThat(redis.ask(commands -> commands.get("missing"))).isEmpty();
        assertThat(server.ask("client", "list")).contains("name=promptlab");
    }

    @Test
    void runsAScriptThatRedisDoesNotKnowYetOrAnyMore() {
        var redis = connect(server.url());
        assertThat(redis.eval(COUNT, List.of("n"), List.of("2"))).contains(List.of(2L, 7L));
        assertThat(redis.eval(COUNT, List.of("n"), List.of("3"))).contains(List.of(5L, 7L));
        server.ask("script", "flush");
        assertThat(redis.eval(COUNT, List.of("n"), List.of("1"))).contains(List.of(6L, 7L));
    }

    @Test
    void aCommandThatIsRefusedIsNoOutage() {
        var redis = connect(server.url());
        redis.ask(commands -> commands.set("a", "text".getBytes(UTF_8)));
        assertThat(redis.ask(commands -> commands.incr("a"))).isEmpty();
        assertThat(redis.isUp()).isTrue();
    }

    @Test
    void theStartDoesNotNeedIt() {
        server.kill();
        var redis = Redis.connect(RedisUrl.parse(server.url()), PATIENT);
        clients.add(redis);
        assertThat(redis.ask(commands -> commands.get("a"))).isEmpty();
        server.restart();
        awaitUp(redis);
        assertThat(redis.ask(commands -> commands.ping())).contains("PONG");
    }

    @Test
    void isThereAgainAfterADeath() {
        var redis = connect(server.url());
        server.kill();
        Eventually.holds("its death is noticed without a question", () -> !redis.isUp());
        server.restart();
        awaitUp(redis);
        assertThat(redis.ask(commands -> commands.ping())).contains("PONG");
    }

    /// Those that ask when it begins to hang wait, and nobody after them.
    @Test
    void aHungRedisIsWaitedForOnce() {
        var redis = connect(server.url(), Redis.PATIENCE);
        server.stop();
        var waited = new AtomicInteger();
        for (int i = 0; i < 200; i++) {
            waited.addAndGet(redis.isUp() ? 1 : 0);
            assertThat(redis.ask(commands -> commands.get("a"))).isEmpty();
        }
        assertThat(waited).hasValueLessThanOrEqualTo(1);
        assertThat(redis.isUp()).isFalse();
        server.cont();
        awaitUp(redis);
    }

    @Test
    void thoseWhoWaitAreFreedTogether() throws InterruptedException {
        var redis = connect(server.url(), Redis.PATIENCE);
        server.stop();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = threads.invokeAll(Collections.<Callable<Optional<byte[]>>>nCopies(100,
                    () -> redis.ask(commands -> commands.get("a"))));
            assertThat(answers).allSatisfy(answer -> assertThat(answer.get()).isEqualTo(Optional.empty()));
        }
        assertThat(redis.isUp()).isFalse();
    }

    @Test
    void othersHearWhatIsPublishedAlsoAfterARestart() throws InterruptedException {
        var heard = new LinkedBlockingQueue<String>();
        var gaps = new AtomicInteger();
        var speaker = connect(server.url());
        var listener = connect(server.url());
        listener.subscribe("news", heard::add, gaps::incrementAndGet);
        speaker.subscribe("news", own -> heard.add("own: " + own), () -> {});
        Eventually.holds("it listens", () -> gaps.get() == 1);
        speaker.publish("news", "one two");
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("one two");
        server.restart();
        Eventually.holds("it listens again", () -> gaps.get() == 2);
        awaitUp(speaker);
        speaker.publish("news", "three");
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("three");
        assertThat(heard).isEmpty();
    }

    @Test
    void logsInAndIsKeptOutWithAWrongPassword() {
        try (var locked = TestRedis.start("--requirepass", "right/word")) {
            var out = Redis.connect(RedisUrl.parse("redis://:wrong@127.0.0.1:" + locked.port()), PATIENT);
            clients.add(out);
            var in = connect("redis://default:right%2Fword@127.0.0.1:" + locked.port() + "/1");
            assertThat(in.ask(commands -> commands.ping())).contains("PONG");
            assertThat(out.isUp()).isFalse();
        }
    }

    private Redis connect(String url) {
        return connect(url, PATIENT);
    }

    private Redis connect(String url, Duration patience) {
        var redis = Redis.connect(RedisUrl.parse(url), patience);
        clients.add(redis);
        awaitUp(redis);
        return redis;
    }

    private static void awaitUp(Redis redis) {
        Eventually.holds("Redis is up", redis::isUp);
    }
}
