package dev.promptlab.job;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.UUID;

import dev.promptlab.web.Fields;
import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;

/// Which jobs a list shows; null matches all.
///
/// @param from created at this time or later
/// @param to created before this time
/// @param q text that occurs in the prompt, the output or the error, or begins an id
/// @param cursor the last job of the page before
record JobFilter(
        @Nullable JobStatus status,
        @Nullable String provider,
        @Nullable String model,
        @Nullable UUID templateId,
        @Nullable Priority priority,
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable BigDecimal minCostUsd,
        @Nullable String q,
        @Nullable UUID cursor,
        int limit) {
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 200;
    private static final int MOST_JOBS = 20_000;
    /// Reading texts takes longer.
    private static final int MOST_TEXTS = 5_000;

    /// How many jobs a page looks at, whether it finds enough or not; empty when an index leads to those that match.
    OptionalInt visits() {
        if (q != null) {
            return OptionalInt.of(MOST_TEXTS);
        }
        boolean scans = provider != null || model != null || templateId != null || priority != null
                || minCostUsd != null;
        return scans ? OptionalInt.of(MOST_JOBS) : OptionalInt.empty();
    }

    static JobFilter of(Context ctx) {
        var in = Fields.ofQuery(ctx);
        var filter = of(in);
        in.check();
        return filter;
    }

    static JobFilter of(Fields in) {
        var limit = in.integer("limit", 1, MAX_LIMIT);
        return new JobFilter(
                in.oneOf("status", JobStatus.BY_CODE), in.text("provider", 100), in.text("model", 200),
                in.uuid("templateId"), in.oneOf("priority", Priority.BY_CODE), in.time("from"), in.time("to"),
                in.decimal("minCostUSD"), in.text("q", 200), in.uuid("cursor"), limit == null ? DEFAULT_LIMIT : limit);
    }
}
