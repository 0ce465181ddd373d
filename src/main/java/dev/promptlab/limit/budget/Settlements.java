package dev.promptlab.limit.budget;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import dev.promptlab.db.Database;
import dev.promptlab.db.Rounds;
import dev.promptlab.db.Wakeup;

/// Puts the actual in the place of what was held, soon after jobs have ended. Every worker does it; a hold stays until its
/// settlement is committed, so that a crash only delays it.
public final class Settlements implements AutoCloseable {
    private static final int BATCH = 500;
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(5);
    /// So long after the last hold, budgets count as not in use.
    private static final Duration IN_USE = Duration.ofMinutes(1);
    /// Looks take at most a fifth of the time of one connection.
    private static final int PAUSES_PER_LOOK = 4;

    private final Database db;
    private final Duration poll;
    private final Wakeup bell = new Wakeup();
    private final Semaphore closing = new Semaphore(0);
    private final Rounds rounds = new Rounds("budgets", 1);
    private long heldAt = System.nanoTime();

    private Settlements(Database db, Duration poll) {
        this.db = db;
        this.poll = poll;
    }

    /// @param poll how long an end may go unnoticed, whose ring was lost
    public static Settlements start(Database db, Duration poll) {
        var settlements = new Settlements(db, poll);
        settlements.rounds.run(settlements::run);
        return settlements;
    }

    /// Jobs have ended here.
    public void ring() {
        bell.ring();
    }

    private void run() {
        try {
            long pause;
            do {
                long began = System.nanoTime();
                Rounds.tryTo("the settlement of budgets", this::settle);
                pause = Math.max(SHORTEST_PAUSE.toNanos(), PAUSES_PER_LOOK * (System.nanoTime() - began));
            } while (!awaitNext(pause));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does; the thread ends
        }
    }

    /// Where nobody has budgets, no end is one that matters: looks at each are not worth their price.
    ///
    /// @return whether the process stops
    private boolean awaitNext(long pause) throws InterruptedException {
        if (closing.tryAcquire(pause, TimeUnit.NANOSECONDS)) {
            return true;
        }
        boolean inUse = System.nanoTime() - heldAt < IN_USE.toNanos();
        return inUse ? bell.await(poll) && rounds.isClosed()
                : closing.tryAcquire(poll.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void settle() {
        if (!db.<Boolean>autocommit(BudgetStore::anyHold)) {
            return;
        }
        heldAt = System.nanoTime();
        for (int size = BATCH; size == BATCH && !rounds.isClosed();) {
            var ended = db.autocommit(handle -> BudgetStore.ended(handle, BATCH));
            size = ended.size();
            if (size > 0) {
                db.inTransaction(tx -> BudgetStore.settle(tx, ended, true));
            }
        }
    }

    @Override
    public void close() {
        rounds.stop();
        closing.release(2);
        bell.ring();
        rounds.close();
    }
}
