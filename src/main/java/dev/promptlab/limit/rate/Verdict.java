package dev.promptlab.limit.rate;

import java.time.Duration;

/// What became of an [Ask].
///
/// @param remaining how many more would be admitted now
/// @param retryAfter when the next one is admitted if nobody else comes; zero while some remain
/// @param reset when the full limit is free again if nobody comes
record Verdict(boolean admitted, int limit, int remaining, Duration retryAfter, Duration reset) {
    /// @param used admissions in the window, this one included
    static Verdict of(boolean admitted, Ask ask, long used, Duration retryAfter, Duration reset) {
        return new Verdict(admitted, ask.limit(), (int) Math.max(0, ask.limit() - used), retryAfter, reset);
    }

    /// Nobody knows at the moment how many were admitted.
    static Verdict inDoubt(Ask ask, Duration doubt) {
        return new Verdict(false, ask.limit(), 0, doubt, doubt.plus(ask.window()));
    }
}
