package dev.promptlab.web;

import java.util.regex.Pattern;

import dev.promptlab.telemetry.TracedSpan;
import dev.promptlab.telemetry.Traces;
import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;

/// What a trace tells about requests: the route and the status, no address and no query. What only tools ask for is left out.
final class RequestSpans {
    private static final String SPAN = "promptlab.span";
    private static final Pattern LEFT_OUT = Pattern.compile("/(?:health|metrics|app|api-docs|openapi).*");

    private RequestSpans() {}

    /// @return close it when the handler has ended; the span itself goes on until the answer is out
    static TracedSpan.@Nullable Entered begin(Context ctx, Route route) {
        if (!Traces.areOn() || LEFT_OUT.matcher(route.path()).matches()) {
            return null;
        }
        var span = Traces.request(ctx.method().name() + " " + route.path(), ctx::header)
                .set("http.request.method", ctx.method().name()).set("http.route", route.path())
                .set("url.scheme", ctx.scheme()).set("promptlab.request.id", ctx.res().getHeader(Http.REQUEST_ID));
        ctx.attribute(SPAN, span);
        return span.enter();
    }

    static void end(Context ctx) {
        TracedSpan span = ctx.attribute(SPAN);
        if (span != null) {
            int status = ctx.statusCode();
            span.set("http.response.status_code", status);
            if (status >= 500) {
                span.failed(String.valueOf(status));
            }
            span.close();
        }
    }
}
