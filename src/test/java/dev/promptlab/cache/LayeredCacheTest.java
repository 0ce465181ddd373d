package dev.promptlab.cache;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;

import dev.promptlab.cache.LayeredCache.Level;
import dev.promptlab.redis.Redis;
import dev.promptlab.redis.RedisUrl;
import dev.promptlab.testing.Eventually;
import dev.promptlab.testing.TestRedis;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/// Two processes, as far as the cache knows, on one Redis.
@Tag("redis")
class LayeredCacheTest {
    private static final Duration TTL = Duration.ofMinutes(10);

    private final TestRedis server = TestRedis.start();
    private final Redis redis = Redis.connect(RedisUrl.parse(server.url()), Duration.ofSeconds(10));
    private final UUID workspace = UUID.randomUUID();
    private final Key key = new Key(workspace, "input:abc");
    private final TestClock clock = new TestClock();
    private final SecondLevel second = new SecondLevel(redis, clock);
    private final LayeredCache<byte[]> here = cache(second);
    private final LayeredCache<byte[]> there = cache(new SecondLevel(redis, clock));

    @BeforeEach
    void start() {
        Eventually.holds("Redis is up", redis::isUp);
    }

    @AfterEach
    void stop() {
        redis.close();
        server.close();
    }

    @Test
    void whatOneProcessSetsTheOtherGets() {
        set(here, "value");
        assertThat(found(here)).isEqualTo("MEMORY value");
        awaitRedis();
        assertThat(found(there)).isEqualTo("REDIS value");
        assertThat(found(there)).isEqualTo("MEMORY value");
        assertThat(there.exists(key)).isTrue();
        assertThat(there.exists(new Key(UUID.randomUUID(), key.name()))).isFalse();
        assertThat(server.ask("ttl", key.text()))
                .satisfies(seconds -> assertThat(Long.parseLong(seconds)).isBetween(1L, 600L));
    }

    @Test
    void whatIsDeletedIsGoneInRedisToo() {
        set(here, "value");
        awaitRedis();
        assertThat(here.delete(key)).isTrue();
        assertThat(found(here)).isNull();
        assertThat(found(there)).isNull();
    }

    @Test
    void aWorkspaceIsForgottenAsOne() {
        set(here, "value");
        awaitRedis();
        here.deleteAll(workspace);
        assertThat(second.deleteAll(workspace)).isTrue();
        assertThat(found(here)).isNull();
        assertThat(found(there)).isNull();
    }

    /// It was looked up before, and would be out of date.
    @Test
    void whatIsForgottenMeanwhileIsNotSet() {
        var look = here.look(key);
        here.delete(key);
        here.set(look.ticket(), "old".getBytes(UTF_8));
        assertThat(found(here)).isNull();
    }

    /// The other process has forgotten the workspace between our look and our set, and we have not heard of it.
    @Test
    void anotherGenerationMakesASetWorthless() {
        var look = here.look(key);
        assertThat(second.deleteAll(workspace)).isTrue();
        here.set(look.ticket(), "old".getBytes(UTF_8));
        awaitRedis();
        assertThat(found(there)).isNull();
    }

    @Test
    void aCopyStaysNoLongerThanWhatItWasMadeOf() {
        set(here, "value");
        awaitRedis();
        clock.now = clock.now.plus(TTL.minusSeconds(1));
        assertThat(found(there)).isEqualTo("REDIS value");
        clock.now = clock.now.plusSeconds(2);
        assertThat(found(cache(second))).isNull();
    }

    @Test
    void whatIsNotFoundIsLookedForAgain() {
        assertThat(here.getOrSet(key, Optional::empty)).isEmpty();
        assertThat(here.getOrSet(key, () -> Optional.of(new byte[]{1}))).hasValueSatisfying(
                value -> assertThat(value).containsExactly(1));
        assertThat(here.getOrSet(key, () -> {
            throw new AssertionError("it is there");
        })).isPresent();
    }

    @Test
    void nobodyReadsARedisThatIsNotTrusted() {
        set(here, "value");
        awaitRedis();
        second.trust(false);
        assertThat(found(cache(second))).isNull();
    }

    @Test
    void valuesOfNobodyKnowsWhatAreNotThere() {
        redis.ask(commands -> commands.set(key.text(), "short".getBytes(UTF_8)));
        assertThat(found(here)).isNull();
    }

    private LayeredCache<byte[]> cache(SecondLevel level) {
        return new LayeredCache<>(level, Codec.BYTES, TTL, clock, 100, (_, _) -> 1);
    }

    private void set(LayeredCache<byte[]> cache, String value) {
        cache.set(cache.look(key).ticket(), value.getBytes(UTF_8));
    }

    /// `set` does not wait for it; commands of a connection are done in order.
    private void awaitRedis() {
        assertThat(redis.ask(commands -> commands.ping())).contains("PONG");
    }

    private @Nullable String found(LayeredCache<byte[]> cache) {
        return cache.get(key)
                .map(hit -> (hit.level() == Level.MEMORY ? "MEMORY " : "REDIS ") + new String(hit.value(), UTF_8))
                .orElse(null);
    }

    private static final class TestClock extends Clock {
        private Instant now = Instant.now();

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
