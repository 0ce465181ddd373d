package dev.promptlab.redis;

import java.time.Duration;

/// How long to wait before the next try to connect: after tries that failed 100 ms, 200 ms, 400 ms ... 1 s; after a server that was well
/// for moments only, up to 30 s.
final class Pauses {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST_WHILE_AWAY = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Duration WELL = Duration.ofSeconds(10);
    private static final int MAX_DOUBLINGS = 9;

    private int failures;
    private int relapses;

    void failed() {
        failures = Math.min(failures + 1, MAX_DOUBLINGS);
    }

    void lostAfter(Duration time) {
        failures = 0;
        relapses = time.compareTo(WELL) >= 0 ? 0 : Math.min(relapses + 1, MAX_DOUBLINGS);
    }

    Duration next() {
        return longer(doubled(failures, LONGEST_WHILE_AWAY), doubled(relapses, LONGEST));
    }

    private static Duration doubled(int times, Duration atMost) {
        var pause = FIRST.multipliedBy(1L << times);
        return pause.compareTo(atMost) < 0 ? pause : atMost;
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }
}
