package dev.promptlab.limit.budget;

import java.math.BigDecimal;

/// Money and tokens together. Exact; a part that is unknown or does not matter is 0.
record Amount(BigDecimal usd, long tokens) {
    static final Amount ZERO = new Amount(BigDecimal.ZERO, 0);

    Amount plus(Amount other) {
        return new Amount(usd.add(other.usd), Math.addExact(tokens, other.tokens));
    }

    boolean isZero() {
        return usd.signum() == 0 && tokens == 0;
    }
}
