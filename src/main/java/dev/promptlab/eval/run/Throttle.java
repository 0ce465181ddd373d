package dev.promptlab.eval.run;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// How many calls are in flight. Starts at what was asked for; a provider that says "too many" halves it at most once a second and
/// stops all new calls for as long as it asks; every full round of successes adds one again. Thread-safe.
final class Throttle {
    private static final long ONE_CUT = Duration.ofSeconds(1).toNanos();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final int most;
    private double limit;
    private int inFlight;
    private long pausedUntil = System.nanoTime();
    private long lastCut = System.nanoTime() - ONE_CUT;

    Throttle(int most) {
        this.most = most;
        this.limit = most;
    }

    void acquire() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                var pause = pausedUntil - System.nanoTime();
                if (pause > 0) {
                    room.await(pause, TimeUnit.NANOSECONDS);
                } else if (inFlight >= (int) limit) {
                    room.await();
                } else {
                    inFlight++;
                    return;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    void succeeded() {
        release(() -> limit = Math.min(most, limit + 1 / limit));
    }

    void failed() {
        release(() -> {});
    }

    /// @param pause that the provider asks for, or none
    void tooMany(Duration pause) {
        release(() -> {
            var now = System.nanoTime();
            pausedUntil = Math.max(pausedUntil, now + pause.toNanos());
            if (now - lastCut >= ONE_CUT) {
                lastCut = now;
                limit = Math.max(1, limit / 2);
            }
        });
    }

    int limit() {
        lock.lock();
        try {
            return (int) limit;
        } finally {
            lock.unlock();
        }
    }

    private void release(Runnable change) {
        lock.lock();
        try {
            inFlight--;
            change.run();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
