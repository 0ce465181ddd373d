package dev.promptlab.limit.budget;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/// How much of a budget is gone in one period.
///
/// @param start of the period
/// @param resetAt its end; null = there is none
/// @param spent recorded by jobs that have ended
/// @param held what jobs may still cost that have not
/// @param unknown what calls without a known bill may have cost beyond what was recorded
/// @param warnedAt when most of a limit was gone for the first time; null = not yet
record Use(Instant start, @Nullable Instant resetAt, Amount spent, Amount held, Amount unknown,
        @Nullable Instant warnedAt) {
    Amount gone() {
        return spent.plus(held).plus(unknown);
    }

    Use holding(Amount more) {
        return new Use(start, resetAt, spent, held.plus(more), unknown, warnedAt);
    }
}
