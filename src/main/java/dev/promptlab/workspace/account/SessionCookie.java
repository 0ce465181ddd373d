package dev.promptlab.workspace.account;

import java.time.Duration;
import java.util.Optional;

import dev.promptlab.config.Secret;
import dev.promptlab.web.Http;
import io.javalin.http.Context;

/// The cookie of a browser's session: not for scripts, not for requests that other sites make but for following a link, and only over
/// TLS, unless the browser and we are on the same machine.
public final class SessionCookie {
    static final String NAME = "promptlab_session";

    private SessionCookie() {}

    /// What the request brings; empty when it brings none.
    public static Optional<String> of(Context ctx) {
        return Optional.ofNullable(ctx.cookie(NAME));
    }

    static void set(Context ctx, Secret value, Duration life) {
        write(ctx, value.value(), life);
    }

    static void clear(Context ctx) {
        write(ctx, "", Duration.ZERO);
    }

    private static void write(Context ctx, String value, Duration life) {
        ctx.header("Set-Cookie", NAME + "=" + value + "; Path=/; Max-Age=" + life.toSeconds()
                + "; HttpOnly; SameSite=Lax" + (Http.isAddressedToLoopback(ctx) ? "" : "; Secure"));
    }
}
