package dev.promptlab.limit.rate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

import dev.promptlab.limit.rate.WindowStore.Written;
import org.jspecify.annotations.Nullable;

/// How long this process may rely on where admissions are counted, and what it has admitted through Redis meanwhile. Thread-safe.
final class Term {
    /// Shorter than what the others wait for (`rate_limit_doubt_v1`), for clocks that do not run alike.
    static final Duration LICENCE = Duration.ofMillis(900);
    private static final int MAX_SUBJECTS = 200_000;

    private final long generation;
    private final @Nullable String token;
    private final @Nullable Object connection;
    private final LongSupplier clock;
    private final Map<String, Window> admitted = new HashMap<>();
    private long licensedUntil;
    private long longest;
    private long sweepAt = MAX_SUBJECTS / 2;
    private boolean forgot;

    /// @param token null = in PostgreSQL, which needs no licence: each admission there asks whether the generation holds
    /// @param connection to Redis
    Term(long generation, @Nullable String token, @Nullable Object connection, LongSupplier clock) {
        this.connection = connection;
        this.generation = generation;
        this.token = token;
        this.clock = clock;
        this.licensedUntil = clock.getAsLong();
    }

    long generation() {
        return generation;
    }

    @Nullable
    String token() {
        return token;
    }

    /// Over a later connection than that of the beginning, Redis may have forgotten something.
    boolean isConnected(@Nullable Object toRedis) {
        return toRedis != null && toRedis == connection;
    }

    /// @param since when the database was asked
    synchronized void renew(long since) {
        licensedUntil = since + LICENCE.toNanos();
    }

    synchronized boolean holds() {
        return token == null || clock.getAsLong() - licensedUntil < 0;
    }

    /// For good.
    synchronized void end() {
        licensedUntil = Math.min(licensedUntil, clock.getAsLong());
    }

    /// Writes down what Redis has admitted, unless the licence has ended meanwhile: then it is not admitted.
    synchronized boolean keep(Ask ask) {
        if (!holds()) {
            return false;
        }
        var window = admitted.get(ask.subject());
        if (window == null) {
            makeRoom();
            window = new Window(ask.window());
            longest = Math.max(longest, ask.window().toNanos());
            admitted.put(ask.subject(), window);
        }
        window.add(ask.limit(), clock.getAsLong());
        return true;
    }

    private void makeRoom() {
        if (admitted.size() >= sweepAt) {
            long now = clock.getAsLong();
            admitted.values().removeIf(window -> window.entries(now).length == 0);
            sweepAt = Math.max(MAX_SUBJECTS / 2, 2L * admitted.size());
        }
        if (admitted.size() >= MAX_SUBJECTS) {
            admitted.clear();
            forgot = true;
        }
    }

    /// Whether there were more callers than it can keep in mind, and something of what it has forgotten may still count.
    synchronized boolean misses() {
        return forgot && clock.getAsLong() - licensedUntil <= longest;
    }

    /// What still counts.
    synchronized List<Written> written() {
        long now = clock.getAsLong();
        var written = new ArrayList<Written>();
        admitted.forEach((subject, window) -> {
            for (var entry : window.entries(now)) {
                written.add(new Written(subject, window.span(), Duration.ofNanos(now - entry.at()), entry.count()));
            }
        });
        return written;
    }
}
