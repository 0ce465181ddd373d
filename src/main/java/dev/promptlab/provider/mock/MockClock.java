package dev.promptlab.provider.mock;

import java.time.Duration;

/// The time that an answer pretends to need, against the deadline of the call.
final class MockClock {
    private final long start = System.nanoTime();
    private final Duration latency;
    private final Duration timeout;

    MockClock(Duration latency, Duration timeout) {
        this.latency = latency;
        this.timeout = timeout;
    }

    /// Sleeps until `part` of `parts` of the latency have passed since the start.
    ///
    /// @return false when the deadline came first
    boolean sleep(int part, int parts) throws InterruptedException {
        var due = latency.multipliedBy(part).dividedBy(parts);
        var inTime = due.compareTo(timeout) <= 0;
        var until = inTime ? due : timeout;
        var left = until.minusNanos(System.nanoTime() - start);
        if (left.isPositive()) {
            Thread.sleep(left);
        }
        return inTime;
    }
}
