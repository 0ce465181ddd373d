package dev.promptlab.cache;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/// Shows operators how submits were answered, over all workspaces. Thread-safe.
final class CacheMetrics {
    private final Counter memory;
    private final Counter redis;
    private final Counter database;
    private final Counter joined;
    private final Counter misses;
    private final Counter saved;

    CacheMetrics(MeterRegistry registry) {
        this.memory = submits(registry, "memory");
        this.redis = submits(registry, "redis");
        this.database = submits(registry, "database");
        this.joined = submits(registry, "joined");
        this.misses = submits(registry, "miss");
        this.saved = Counter.builder("promptlab.cache.saved.usd")
                .description("What reused jobs cost, rounded as floating point").register(registry);
    }

    private static Counter submits(MeterRegistry registry, String found) {
        return Counter.builder("promptlab.cache.submits").description("Submits, by where their result was found")
                .tag("found", found).register(registry);
    }

    void add(Counts counts) {
        memory.increment((double) counts.memoryHits());
        redis.increment((double) counts.redisHits());
        database.increment((double) counts.databaseHits());
        joined.increment((double) counts.joined());
        misses.increment((double) counts.misses());
        saved.increment(counts.savedCostUsd().doubleValue());
    }
}
