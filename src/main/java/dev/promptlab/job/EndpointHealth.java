package dev.promptlab.job;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/// Tells from the calls of this process whether a provider's endpoint has stopped to answer: of at least ten calls within half a
/// minute, half or more. Thread-safe.
final class EndpointHealth {
    private static final int FEW = 10;
    private static final long WINDOW = Duration.ofSeconds(30).toNanos();

    private static final class Second {
        private final long start;
        private int calls;
        private int bad;

        private Second(long start) {
            this.start = start;
        }
    }

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Deque<Second> seconds = new ArrayDeque<>();
    private int calls;
    private int bad;
    private long brokenAt;
    private boolean everBroken;

    /// @param beganAt when the call began and `now` when it ended, in nanoseconds of one clock
    /// @return whether this call makes it clear; the count then starts anew, with calls that begin later
    synchronized boolean breaks(boolean answered, long beganAt, long now) {
        if (everBroken && beganAt - brokenAt < 0) {
            return false;
        }
        forget(now);
        count(answered, now);
        if (answered || calls < FEW || bad * 2 < calls) {
            return false;
        }
        seconds.clear();
        calls = 0;
        bad = 0;
        brokenAt = now;
        everBroken = true;
        return true;
    }

    private void count(boolean answered, long now) {
        if (seconds.isEmpty() || now - seconds.getLast().start >= SECOND) {
            seconds.addLast(new Second(now));
        }
        var second = seconds.getLast();
        second.calls++;
        calls++;
        if (!answered) {
            second.bad++;
            bad++;
        }
    }

    private void forget(long now) {
        while (!seconds.isEmpty() && now - seconds.getFirst().start > WINDOW) {
            var old = seconds.removeFirst();
            calls -= old.calls;
            bad -= old.bad;
        }
    }
}
