package dev.promptlab.eval.server;

import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;

import dev.promptlab.web.Fields;
import org.jspecify.annotations.Nullable;

/// What somebody wants to be run; null = as the suite says.
///
/// @param version of the suite; null = the latest
/// @param baseline `none` for none
record RunRequest(@Nullable Integer version, @Nullable String candidate, @Nullable String baseline,
        @Nullable Integer repeats, int concurrency, @Nullable String filter, Budget budget, boolean cache,
        String priority) {
    static final String NO_BASELINE = "none";
    private static final int CONCURRENCY = 16;
    private static final int MOST_AT_ONCE = 1_000;
    private static final int MAX_NAME = 200;

    /// Null = no bound of its own.
    record Budget(@Nullable Long calls, @Nullable BigDecimal usd) {
        static Budget read(Fields in) {
            var budget = in.object("budget", fields -> {
                var calls = fields.integer("calls", 1, Integer.MAX_VALUE);
                var usd = fields.decimal("usd");
                if (usd != null && usd.signum() < 0) {
                    fields.reject("usd", "must not be negative");
                }
                return new Budget(calls == null ? null : (Long) calls.longValue(), usd);
            });
            return budget == null ? new Budget(null, null) : budget;
        }
    }

    static RunRequest read(Fields in) {
        var concurrency = in.integer("concurrency", 1, MOST_AT_ONCE);
        return new RunRequest(in.integer("version", 1, Integer.MAX_VALUE), in.text("candidate", MAX_NAME),
                in.text("baseline", MAX_NAME), in.integer("repeats", 1, 100),
                concurrency == null ? CONCURRENCY : concurrency, in.text("filter", MAX_NAME), Budget.read(in),
                !in.has("cache") || in.flag("cache"),
                Objects.requireNonNullElse(in.oneOf("priority", List.of("high", "normal", "low")), "low"));
    }
}
