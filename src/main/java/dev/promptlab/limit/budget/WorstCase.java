package dev.promptlab.limit.budget;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;

/// The most that one call can come to.
///
/// @param usd null = nobody knows
/// @param tokens input and output; null = nothing bounds them
/// @param missing why something is null, and what to set; empty when nothing is
public record WorstCase(@Nullable BigDecimal usd, @Nullable Long tokens, String missing) {
    /// What is held for it. A budget that limits what is unknown refuses the job, so that the 0 is never counted on.
    Amount amount() {
        return new Amount(usd == null ? BigDecimal.ZERO : usd, tokens == null ? 0 : tokens);
    }
}
