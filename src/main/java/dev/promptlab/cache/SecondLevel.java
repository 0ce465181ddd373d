package dev.promptlab.cache;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

import dev.promptlab.redis.Redis;
import io.lettuce.core.SetArgs;
import io.lettuce.core.Value;
import org.jspecify.annotations.Nullable;

import static java.nio.charset.StandardCharsets.US_ASCII;

/// What processes share in Redis, when there is one. A value is written with the time it holds until and with the generation of its
/// workspace that was read before the value was looked up: a change of the generation in between makes it worthless. Thread-safe.
final class SecondLevel {
    /// Larger ones stay where they are.
    private static final int MAX_BYTES = 1 << 20;
    private static final int HEAD_BYTES = 2 * Long.BYTES;
    private static final Duration GENERATION_STAYS = Duration.ofDays(2);

    /// @param generation null when Redis was not asked or has not answered: then nothing may be written
    record Reading<V>(@Nullable Long generation, Optional<Stored<V>> stored) {
        static <V> Reading<V> nothing() {
            return new Reading<>(null, Optional.empty());
        }
    }

    /// @param until time of the clock in milliseconds
    record Stored<V>(V value, long until) {}

    private final @Nullable Redis redis;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private volatile boolean trusted = true;

    SecondLevel(@Nullable Redis redis, Clock clock) {
        this.redis = redis;
        this.clock = clock;
    }

    boolean isThere() {
        return redis != null;
    }

    /// False from when Redis may hold what it should not until that is mended: it is not read meanwhile.
    void trust(boolean trusted) {
        this.trusted = trusted;
    }

    <V> Reading<V> read(Key key, Codec<V> codec) {
        if (redis == null || !trusted) {
            return Reading.nothing();
        }
        return redis.ask(commands -> commands.mget(Key.generation(key.workspaceId()), key.text()))
                .map(found -> reading(found.getFirst(), found.getLast(), codec)).orElseGet(Reading::nothing);
    }

    private <V> Reading<V> reading(Value<byte[]> generation, Value<byte[]> stored, Codec<V> codec) {
        try {
            long current = generation.optional().map(SecondLevel::generation).orElse(0L);
            return new Reading<>(current, stored.optional().flatMap(bytes -> stored(bytes, current, codec)));
        } catch (IllegalArgumentException e) {
            return Reading.nothing(); // of another version, or somebody else's
        }
    }

    private <V> Optional<Stored<V>> stored(byte[] bytes, long generation, Codec<V> codec) {
        if (bytes.length < HEAD_BYTES) {
            return Optional.empty();
        }
        var head = ByteBuffer.wrap(bytes);
        boolean holds = head.getLong() == generation;
        long until = head.getLong();
        return holds && until > clock.millis()
                ? Optional.of(new Stored<>(codec.read(Arrays.copyOfRange(bytes, HEAD_BYTES, bytes.length)), until))
                : Optional.empty();
    }

    private static long generation(byte[] text) {
        return Long.parseLong(new String(text, US_ASCII));
    }

    /// Waits for nothing.
    void write(Key key, long generation, byte[] value, long until) {
        long millis = until - clock.millis();
        if (redis == null || !trusted || value.length > MAX_BYTES || millis <= 0) {
            return;
        }
        var bytes = ByteBuffer.allocate(HEAD_BYTES + value.length).putLong(generation).putLong(until).put(value)
                .array();
        redis.send(commands -> commands.set(key.text(), bytes, SetArgs.Builder.px(millis)));
    }

    /// @return whether it is gone for certain
    boolean delete(Key key) {
        return redis == null || redis.ask(commands -> commands.unlink(key.text())).isPresent();
    }

    /// Makes everything of the workspace worthless.
    ///
    /// @return whether it is so for certain
    boolean deleteAll(UUID workspaceId) {
        var generation = Long.toString(random.nextLong(1, Long.MAX_VALUE)).getBytes(US_ASCII);
        return redis == null || redis.ask(commands -> commands.set(Key.generation(workspaceId), generation,
                SetArgs.Builder.ex(GENERATION_STAYS))).isPresent();
    }
}
