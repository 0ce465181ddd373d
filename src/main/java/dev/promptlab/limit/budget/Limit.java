package dev.promptlab.limit.budget;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;

/// @param usd null = money is not limited
/// @param tokens null = tokens are not limited
record Limit(@Nullable BigDecimal usd, @Nullable Long tokens) {}
