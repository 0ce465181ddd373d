package dev.promptlab.provider;

import java.time.Duration;

/// A moment on the monotonic clock that a call must not pass.
record Deadline(long nanoTime) {
    static Deadline in(Duration timeout) {
        return new Deadline(System.nanoTime() + timeout.toNanos());
    }

    /// Zero or less once it has passed.
    long remainingNanos() {
        return nanoTime - System.nanoTime();
    }
}
