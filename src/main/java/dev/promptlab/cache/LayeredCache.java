package dev.promptlab.cache;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Supplier;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Weigher;
import dev.promptlab.cache.SecondLevel.Stored;
import org.jspecify.annotations.Nullable;

/// Values in this process, and behind them in Redis; what is in neither the caller looks up in PostgreSQL. A value stays as long as
/// when it was first set, however often it is copied. Never fails and never waits for longer than Redis is patient. Thread-safe.
final class LayeredCache<V> {
    /// Where a value was found.
    enum Level {
        MEMORY, REDIS
    }

    record Hit<V>(V value, Level level) {}

    /// A look that found nothing, and what the cache stood at: what is looked up elsewhere afterwards may be out of date when
    /// something was forgotten meanwhile, and is not kept then.
    ///
    /// @param generation null = not for Redis
    record Ticket(Key key, long drops, @Nullable Long generation) {}

    /// Who asks after something was dropped does not join a look from before.
    private record Flight(Key key, long drops) {}

    record Look<V>(Optional<Hit<V>> hit, Ticket ticket) {}

    private static final int COUNTERS = 1 << 10;

    private final Cache<Key, Stored<V>> memory;
    private final SecondLevel second;
    private final Codec<V> codec;
    private final Duration ttl;
    private final Clock clock;
    /// How often something was dropped, by workspace; some share a counter.
    private final AtomicLongArray drops = new AtomicLongArray(COUNTERS);
    private final SingleFlight<Flight, Look<V>> looks = new SingleFlight<>();
    private final SingleFlight<Flight, Optional<V>> loads = new SingleFlight<>();

    /// @param maxWeight of all in this process
    LayeredCache(SecondLevel second, Codec<V> codec, Duration ttl, Clock clock, long maxWeight,
            Weigher<Key, V> weigher) {
        this.second = second;
        this.codec = codec;
        this.ttl = ttl;
        this.clock = clock;
        this.memory = Caffeine.newBuilder().maximumWeight(maxWeight)
                .<Key, Stored<V>>weigher((key, held) -> weigher.weigh(key, held.value()))
                .expireAfter(Expiry.<Key, Stored<V>>creating(
                        (_, held) -> Duration.ofMillis(Math.max(0, held.until() - clock.millis()))))
                .build();
    }

    Optional<Hit<V>> get(Key key) {
        return look(key).hit();
    }

    boolean exists(Key key) {
        return get(key).isPresent();
    }

    /// As [#get], with a ticket to set what is looked up elsewhere when nothing is found.
    Look<V> look(Key key) {
        var held = memory.getIfPresent(key);
        if (held != null) {
            return new Look<>(Optional.of(new Hit<>(held.value(), Level.MEMORY)), ticket(key));
        }
        return second.isThere() ? looks.load(flight(key), () -> askRedis(key))
                : new Look<>(Optional.empty(), ticket(key));
    }

    /// To be taken before the value is looked up elsewhere.
    Ticket ticket(Key key) {
        return new Ticket(key, drops(key), null);
    }

    private Look<V> askRedis(Key key) {
        long before = drops(key);
        var reading = second.read(key, codec);
        var stored = reading.stored();
        stored.ifPresent(held -> hold(key, held, before));
        return new Look<>(stored.map(held -> new Hit<>(held.value(), Level.REDIS)),
                new Ticket(key, before, reading.generation()));
    }

    /// The value, or what `load` finds; simultaneous calls for a key load once. What is not found is not remembered.
    Optional<V> getOrSet(Key key, Supplier<Optional<V>> load) {
        var held = memory.getIfPresent(key);
        return held != null ? Optional.of(held.value()) : loads.load(flight(key), () -> loaded(key, load));
    }

    private Optional<V> loaded(Key key, Supplier<Optional<V>> load) {
        var look = look(key);
        if (look.hit().isPresent()) {
            return look.hit().map(Hit::value);
        }
        var value = load.get();
        value.ifPresent(found -> set(look.ticket(), found));
        return value;
    }

    void set(Ticket ticket, V value) {
        long until = clock.millis() + ttl.toMillis();
        hold(ticket.key(), new Stored<>(value, until), ticket.drops());
        if (ticket.generation() != null && drops(ticket.key()) == ticket.drops()) {
            second.write(ticket.key(), ticket.generation(), codec.write(value), until);
        }
    }

    private void hold(Key key, Stored<V> held, long before) {
        if (drops(key) == before) {
            memory.put(key, held);
            if (drops(key) != before) {
                memory.invalidate(key);
            }
        }
    }

    /// @return whether it is gone in Redis, too, for certain
    boolean delete(Key key) {
        drop(key.workspaceId());
        memory.invalidate(key);
        return second.delete(key);
    }

    /// Of this process alone: that of Redis goes with [SecondLevel#deleteAll].
    void deleteAll(UUID workspaceId) {
        drop(workspaceId);
        memory.asMap().keySet().removeIf(key -> key.workspaceId().equals(workspaceId));
    }

    /// Of this process alone.
    void clear() {
        for (int i = 0; i < COUNTERS; i++) {
            drops.incrementAndGet(i);
        }
        memory.invalidateAll();
    }

    private Flight flight(Key key) {
        return new Flight(key, drops(key));
    }

    private long drops(Key key) {
        return drops.get(counter(key.workspaceId()));
    }

    private void drop(UUID workspaceId) {
        drops.incrementAndGet(counter(workspaceId));
    }

    private static int counter(UUID workspaceId) {
        return Math.floorMod(workspaceId.hashCode(), COUNTERS);
    }

    /// Of this process.
    long count(UUID workspaceId) {
        return memory.asMap().keySet().stream().filter(key -> key.workspaceId().equals(workspaceId)).count();
    }
}
