package dev.promptlab.eval.run;

import java.util.concurrent.CountDownLatch;

/// How a run is told to end early: the first time it makes no new calls and waits for those in flight, the second time it does not
/// wait. Thread-safe.
public final class Stop {
    private final CountDownLatch drain = new CountDownLatch(1);
    private final CountDownLatch now = new CountDownLatch(1);

    /// @return whether it was told before
    public boolean request() {
        var again = drains();
        if (again) {
            now.countDown();
        }
        drain.countDown();
        return again;
    }

    boolean drains() {
        return drain.getCount() == 0;
    }

    boolean isNow() {
        return now.getCount() == 0;
    }

    void awaitNow() throws InterruptedException {
        now.await();
    }
}
