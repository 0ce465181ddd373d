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
    private boolean costKnown = true;
    private boolean refused;

    /// @param calls made before a resume
    /// @param spent before a resume
    public CallBudget(@Nullable Long maxCalls, @Nullable BigDecimal maxUsd, long calls, BigDecimal spent) {
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

    private SpentException refuse(String message) {
        refused = true;
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
