package dev.promptlab.web;

import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import dev.promptlab.config.Settings;
import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;

/// Which pages may call: our own, and those of the listed origins (CORS, Fetch standard). A page of another origin is refused
/// when there is no login, or when it would change something with the cookie of whoever looks at it.
record Origins(boolean local, Set<String> listed) {
    private static final String ALLOWED = "Access-Control-Allow-Origin";
    private static final String REQUEST_HEADERS = "Authorization, Content-Type, X-API-Key, X-Workspace-Id, X-CSRF-Token,"
            + " Idempotency-Key, Last-Event-ID, X-Request-Id";
    private static final String ANSWER_HEADERS = "X-Request-Id, Location, Link, Retry-After, WWW-Authenticate,"
            + " Idempotency-Replayed, X-Budget-Warning, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset";
    private static final String MAX_AGE_SECONDS = "600";
    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");
    private static final Map<String, String> USUAL_PORTS = Map.of("http", ":80", "https", ":443");

    static Origins of(Settings.Edge edge) {
        return new Origins(edge.local(), edge.origins());
    }

    void check(Context ctx) {
        if (!listed.isEmpty()) {
            ctx.header("Vary", "Origin");
        }
        var sent = Collections.list(ctx.req().getHeaders("Origin"));
        if (sent.isEmpty() || (sent.size() == 1 && isOurs(sent.getFirst(), ctx.header("Host")))) {
            return;
        }
        if (sent.size() == 1 && listed.contains(sent.getFirst())) {
            allow(ctx, sent.getFirst());
        } else if (local || changesWithCookie(ctx)) {
            throw new Failure.Forbidden(
                    "requests from the origin \"" + String.join(", ", sent)
                            + "\" are not allowed; see PROMPTLAB_CORS_ORIGINS");
        }
    }

    private static void allow(Context ctx, String origin) {
        ctx.header(ALLOWED, origin).header("Access-Control-Allow-Credentials", "true")
                .header("Access-Control-Expose-Headers", ANSWER_HEADERS);
    }

    /// Opening a WebSocket counts: what comes over it later carries no Origin any more.
    private static boolean changesWithCookie(Context ctx) {
        boolean changes = !SAFE_METHODS.contains(ctx.req().getMethod()) || ctx.header("Upgrade") != null;
        return changes && ctx.header("Cookie") != null;
    }

    /// Answers what a browser asks before it lets a page of a listed origin call.
    ///
    /// @param methods that the path has, with commas between
    static void answerPreflight(Context ctx, String methods) {
        if (ctx.res().getHeader(ALLOWED) != null && ctx.header("Access-Control-Request-Method") != null) {
            ctx.header("Access-Control-Allow-Methods", methods).header("Access-Control-Allow-Headers", REQUEST_HEADERS)
                    .header("Access-Control-Max-Age", MAX_AGE_SECONDS);
        }
    }

    private static boolean isOurs(String origin, @Nullable String host) {
        try {
            var uri = URI.create(origin.toLowerCase(Locale.ROOT));
            var scheme = String.valueOf(uri.getScheme());
            var authority = uri.getRawAuthority();
            return host != null && authority != null && USUAL_PORTS.containsKey(scheme)
                    && authorities(scheme, host.toLowerCase(Locale.ROOT)).contains(authority);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// How a browser may spell a host: it leaves the usual port out.
    private static List<String> authorities(String scheme, String host) {
        var port = USUAL_PORTS.getOrDefault(scheme, "");
        return host.endsWith(port) ? List.of(host, host.substring(0, host.length() - port.length())) : List.of(host);
    }
}
