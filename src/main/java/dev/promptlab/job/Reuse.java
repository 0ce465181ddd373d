package dev.promptlab.job;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/// Whether an existing job for the same input will do.
///
/// @param fresh none will
/// @param maxAge a completed one will only if it completed within this time; null = any will
record Reuse(boolean fresh, @Nullable Duration maxAge) {
    static final Reuse ANY = new Reuse(false, null);

    boolean accepts(Submission existing) {
        return !fresh && (maxAge == null || existing.age() == null || existing.age().compareTo(maxAge) <= 0);
    }
}
