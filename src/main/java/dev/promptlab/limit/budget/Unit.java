package dev.promptlab.limit.budget;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;

/// What a budget limits.
enum Unit {
    USD("usd", "USD"), TOKENS("tokens", "tokens");

    private final String code;
    private final String word;

    Unit(String code, String word) {
        this.code = code;
        this.word = word;
    }

    /// As in JSON.
    String code() {
        return code;
    }

    /// As people read it.
    String word() {
        return word;
    }

    BigDecimal of(Amount amount) {
        return this == USD ? amount.usd() : BigDecimal.valueOf(amount.tokens());
    }

    /// Null = not limited.
    @Nullable
    BigDecimal of(Limit limit) {
        if (this == USD) {
            return limit.usd();
        }
        return limit.tokens() == null ? null : BigDecimal.valueOf(limit.tokens());
    }

    /// Null = nobody knows.
    @Nullable
    BigDecimal of(WorstCase worst) {
        if (this == USD) {
            return worst.usd();
        }
        return worst.tokens() == null ? null : BigDecimal.valueOf(worst.tokens());
    }
}
