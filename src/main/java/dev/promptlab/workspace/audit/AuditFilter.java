package dev.promptlab.workspace.audit;

import java.math.BigDecimal;
import java.time.Instant;

import dev.promptlab.web.Fields;
import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;

/// Which events a list shows; null matches all.
///
/// @param actor the name, or the id of the user or API key
/// @param action `member.remove`, or `member` for all of that kind
/// @param from at this time or later
/// @param to before this time
/// @param before only events older than this one
record AuditFilter(
        @Nullable String actor,
        @Nullable String action,
        @Nullable String subject,
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable Long before,
        int limit) {
    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 200;
    private static final BigDecimal MAX_ID = BigDecimal.valueOf(Long.MAX_VALUE);

    static AuditFilter of(Context ctx) {
        var in = Fields.ofQuery(ctx);
        var limit = in.integer("limit", 1, MAX_LIMIT);
        var filter = new AuditFilter(in.text("actor", 400), in.text("action", 100), in.text("subject", 400),
                in.time("from"), in.time("to"), cursor(in), limit == null ? DEFAULT_LIMIT : limit);
        in.check();
        return filter;
    }

    /// Tells whether there is a next page.
    AuditFilter withOneMore() {
        return new AuditFilter(actor, action, subject, from, to, before, limit + 1);
    }

    private static @Nullable Long cursor(Fields in) {
        var cursor = in.decimal("cursor");
        if (cursor == null) {
            return null;
        }
        if (cursor.scale() > 0 || cursor.signum() < 1 || cursor.compareTo(MAX_ID) > 0) {
            in.reject("cursor", "must be taken from the Link header of the page before");
            return null;
        }
        return cursor.longValueExact();
    }
}
