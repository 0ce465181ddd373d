package dev.promptlab.job.history;

import java.time.Duration;
import java.time.Instant;

import dev.promptlab.db.Database;
import dev.promptlab.db.Rounds;
import org.jdbi.v3.core.Handle;

/// Adds what has finished to the rollups, behind the time and off the way of jobs. Every worker does it; one at a time gets
/// the lock.
///
/// Rows carry the time at which their transaction began. A round goes up to a time before which no transaction is open that
/// could still bring a row, so a span of time is complete when it is added, and it is added in the transaction that moves the mark:
/// nothing is counted twice, nothing is left out. Clocks of processes play no part.
public final class Rollup implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final Duration PRUNE_PAUSE = Duration.ofHours(1);
    /// Between the moment in which a transaction takes its time and the one in which others see that it began.
    private static final Duration SLACK = Duration.ofSeconds(2);
    private static final Duration LONGEST_SPAN = Duration.ofHours(6);
    private static final Duration SHORTEST_SPAN = Duration.ofMinutes(1);
    private static final int FEW_ROWS = 5_000;
    private static final int MANY_ROWS = 50_000;

    private final Database db;
    private final Database owner;
    private final Rounds rounds = new Rounds("rollup", 2);
    /// How much one transaction adds: it adapts to how much there is in an hour.
    private Duration span = Duration.ofMinutes(5);

    Rollup(Database db, Database owner) {
        this.db = db;
        this.owner = owner;
    }

    /// @param owner the login, which sees the transactions of all sessions of the product
    public static Rollup start(Database db, Database owner) {
        var rollup = new Rollup(db, owner);
        rollup.rounds.every(PAUSE, "the rollup of figures", rollup::catchUp);
        rollup.rounds.every(PRUNE_PAUSE, "the removal of old figures", () -> db.inTransaction(RollupStore::prune));
        return rollup;
    }

    private void catchUp() {
        addUntil(owner.autocommit(handle -> RollupStore.settledUntil(handle, SLACK)));
    }

    /// Adds all that finished before `end`, in spans.
    void addUntil(Instant end) {
        boolean more = true;
        while (more && !rounds.isClosed()) {
            more = db.transaction(tx -> RollupStore.tryLock(tx) && addSpan(tx, end));
        }
    }

    /// @return whether there is more to add
    private boolean addSpan(Handle tx, Instant end) {
        var from = RollupStore.rolledTo(tx).orElse(end);
        if (!from.isBefore(end)) {
            return false;
        }
        var to = from.plus(span).isBefore(end) ? from.plus(span) : end;
        int rows = RollupStore.addEndings(tx, from, to) + RollupStore.addCalls(tx, from, to);
        RollupStore.advance(tx, to);
        span = next(span, rows);
        return to.isBefore(end);
    }

    private static Duration next(Duration span, int rows) {
        if (rows < FEW_ROWS) {
            return span.compareTo(LONGEST_SPAN) < 0 ? span.multipliedBy(2) : span;
        }
        return rows > MANY_ROWS && span.compareTo(SHORTEST_SPAN) > 0 ? span.dividedBy(2) : span;
    }

    @Override
    public void close() {
        rounds.close();
    }
}
