package dev.promptlab.cache;

import java.math.BigDecimal;

/// How submits of a workspace were answered in some time.
///
/// @param joined were given a job that was still at work
/// @param misses made a job
/// @param savedCostUsd what the reused jobs cost, where it is known
/// @param unpricedHits reused jobs whose cost is not known
record Counts(long memoryHits, long redisHits, long databaseHits, long joined, long misses, long savedInputTokens,
        long savedOutputTokens, BigDecimal savedCostUsd, long unpricedHits) {
    static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, BigDecimal.ZERO, 0);
    static final Counts JOINED = new Counts(0, 0, 0, 1, 0, 0, 0, BigDecimal.ZERO, 0);
    static final Counts MISS = new Counts(0, 0, 0, 0, 1, 0, 0, BigDecimal.ZERO, 0);

    static Counts of(Hit hit, Reusable job) {
        return new Counts(hit == Hit.MEMORY ? 1 : 0, hit == Hit.REDIS ? 1 : 0, hit == Hit.DATABASE ? 1 : 0, 0, 0,
                job.inputTokens(), job.outputTokens(), job.costUsd() == null ? BigDecimal.ZERO : job.costUsd(),
                job.costUsd() == null ? 1 : 0);
    }

    Counts plus(Counts other) {
        return new Counts(memoryHits + other.memoryHits, redisHits + other.redisHits, databaseHits + other.databaseHits,
                joined + other.joined, misses + other.misses, savedInputTokens + other.savedInputTokens,
                savedOutputTokens + other.savedOutputTokens, savedCostUsd.add(other.savedCostUsd),
                unpricedHits + other.unpricedHits);
    }
}
