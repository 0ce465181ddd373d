package dev.promptlab.web;

import java.net.URI;
import java.util.regex.Pattern;

import io.javalin.http.Context;

/// Guards a server without login: answers only requests that were addressed to the loopback by name (a page that rebinds
/// its own host name to 127.0.0.1 is not), and none that a page of another origin sent.
public final class LocalOnly {
    private static final Pattern LOOPBACK = Pattern.compile("(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d{1,5})?",
            Pattern.CASE_INSENSITIVE);

    private LocalOnly() {}

    /// @throws Failure.Forbidden when it was addressed to another host, or comes from a page of another origin
    public static void check(Context ctx) {
        var host = ctx.header("Host");
        if (host == null || !LOOPBACK.matcher(host).matches()) {
            throw new Failure.Forbidden(
                    "this server runs without login and answers only to localhost; the Host header says \"" + host
                            + "\"");
        }
        var origin = ctx.header("Origin");
        if (origin != null && !sameOrigin(origin, host)) {
            throw new Failure.Forbidden("requests from the origin \"" + origin + "\" are not allowed");
        }
    }

    private static boolean sameOrigin(String origin, String host) {
        try {
            return host.equalsIgnoreCase(URI.create(origin).getRawAuthority());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
