package dev.promptlab.db;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// A bell that many may ring and one waits for. Rings between two waits count once; none is lost. Thread-safe.
public final class Wakeup {
    private final Semaphore rings = new Semaphore(0);
    private volatile Runnable onRaise = () -> {};

    /// Also calls `action` at each [#raise]; it must be quick.
    public void onRaise(Runnable action) {
        onRaise = action;
    }

    /// There is work that other processes should hear of too.
    public void raise() {
        ring();
        onRaise.run();
    }

    /// Wakes the waiter of this process alone.
    public void ring() {
        if (rings.availablePermits() == 0) {
            rings.release();
        }
    }

    /// @return whether it rang before `patience` was over
    public boolean await(Duration patience) throws InterruptedException {
        boolean rang = rings.tryAcquire(Math.max(0, patience.toNanos()), TimeUnit.NANOSECONDS);
        rings.drainPermits();
        return rang;
    }
}
