package dev.promptlab.eval.run;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;

/// What a run may spend. Every call is reserved at the most it can cost before it is made and settled after, so that neither
/// bound is ever passed. Thread-safe.
public final class CallBudget {
    private final long maxCalls;
    private final @Nullable BigDecimal maxUsd;
    private long calls;
    private BigDecimal spent = BigDecimal.ZERO;
    private BigDecimal reserved = BigDecimal.ZERO;
    private boolean costKnown;
    private int pending;
    private long room;
    private @Nullable String closed;
    private @Nullable String why;
    private boolean refused;

    /// @param calls made before a resume
    /// @param spent before a resume
    public CallBudget(@Nullable Long maxCalls, @Nullable BigDecimal maxUsd, long calls, BigDecimal spent) {
        this(maxCalls, maxUsd, calls, spent, true);
    }

    /// @param costKnown whether `spent` is all of it
    public CallBudget(@Nullable Long maxCalls, @Nullable BigDecimal maxUsd, long calls, BigDecimal spent,
            boolean costKnown) {
        this.costKnown = costKnown;
        this.maxCalls = maxCalls == null ? Long.MAX_VALUE : maxCalls;
        this.maxUsd = maxUsd;
        this.calls = calls;
        this.spent = spent;
    }

    /// There is no room for another call; what was answered stays.
    public static final class SpentException extends Exception {
        private static final long serialVersionUID = 1;

        public SpentException(String message) {
            super(message, null, false, false);
        }
    }

    public boolean boundsUsd() {
        return maxUsd != null;
    }

    /// Waits while calls in flight may leave room.
    ///
    /// @param mostUsd that the call can cost
    public synchronized void reserve(BigDecimal mostUsd) throws SpentException, InterruptedException {
        while (true) {
            if (calls >= maxCalls) {
                throw refuse("the budget of " + maxCalls + " calls is spent");
            }
            if (maxUsd == null || spent.add(reserved).add(mostUsd).compareTo(maxUsd) <= 0) {
                calls++;
                reserved = reserved.add(mostUsd);
                return;
            }
            if (reserved.signum() == 0) {
                throw refuse("the budget of USD " + maxUsd.toPlainString() + " has USD "
                        + maxUsd.subtract(spent).toPlainString() + " left, the next call may cost "
                        + mostUsd.stripTrailingZeros().toPlainString());
            }
            wait();
        }
    }

    /// As [#reserve(BigDecimal)], for a call that may be tried again by others: so many tries at most, one at least.
    ///
    /// @param mostUsd that a try can cost
    /// @return how many tries there is room for
    public synchronized int reserve(int tries, BigDecimal mostUsd) throws SpentException, InterruptedException {
        while (true) {
            if (closed != null) {
                throw refuse(closed);
            }
            var room = room(tries, mostUsd);
            if (room > 0) {
                calls += room;
                this.room += room;
                reserved = reserved.add(mostUsd.multiply(BigDecimal.valueOf(room)));
                pending++;
                return room;
            }
            if (pending == 0) {
                throw refuse(calls >= maxCalls ? "the budget of " + maxCalls + " calls is spent"
                        : "the budget of USD " + maxUsd + " has no room for another call");
            }
            wait();
        }
    }

    private int room(int tries, BigDecimal mostUsd) {
        var room = Math.min(tries, maxCalls - calls);
        while (room > 0 && maxUsd != null && spent.add(reserved).add(mostUsd.multiply(BigDecimal.valueOf(room)))
                .compareTo(maxUsd) > 0) {
            room--;
        }
        return (int) Math.max(0, room);
    }

    /// Ends what [#reserve(int, BigDecimal)] began.
    ///
    /// @param room as it said
    /// @param made tries that were made
    /// @param usd on all of them; null = unknown
    public synchronized void settle(int room, int made, BigDecimal mostUsd, @Nullable BigDecimal usd) {
        calls += made - room;
        this.room -= room;
        pending--;
        reserved = reserved.subtract(mostUsd.multiply(BigDecimal.valueOf(room)));
        costKnown &= usd != null;
        spent = spent.add(usd == null ? mostUsd.multiply(BigDecimal.valueOf(made)) : usd);
        notifyAll();
    }

    /// From now on nothing is reserved any more.
    ///
    /// @param why the first reason counts
    public synchronized void close(String why) {
        closed = closed == null ? why : closed;
        refused = true;
        notifyAll();
    }

    /// What is known of the cost so far.
    public synchronized BigDecimal spent() {
        return spent;
    }

    /// Calls that have ended.
    public synchronized long made() {
        return calls - room;
    }

    /// Why the last reservation was refused; null = none was.
    public synchronized @Nullable String whyRefused() {
        return closed != null ? closed : why;
    }

    private SpentException refuse(String message) {
        refused = true;
        why = message;
        return new SpentException(message);
    }

    /// Whether a call was not made for want of budget.
    public synchronized boolean refused() {
        return refused;
    }

    /// @param usd null = unknown, taken for the most it can have cost where there is a bound
    public synchronized void settle(BigDecimal mostUsd, @Nullable BigDecimal usd) {
        reserved = reserved.subtract(mostUsd);
        costKnown &= usd != null;
        spent = spent.add(usd == null ? mostUsd : usd);
        notifyAll();
    }

    public synchronized long calls() {
        return calls;
    }

    /// Null = some calls have no price.
    public synchronized @Nullable Double spentUsd() {
        return costKnown ? (Double) spent.doubleValue() : null;
    }
}
