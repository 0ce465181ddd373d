package dev.promptlab.web;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import dev.promptlab.config.Settings;
import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;

/// Answers only requests that are addressed to a name of ours. Without login that is the loopback: a page that rebinds its own
/// host name to 127.0.0.1 still says its name.
record Hosts(boolean local, Set<String> listed) {
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");
    private static final Pattern PORT = Pattern.compile(":\\d{1,5}$");

    static Hosts of(Settings.Edge edge) {
        return new Hosts(edge.local(), edge.hosts());
    }

    void check(Context ctx) {
        var host = ctx.header("Host");
        if (!answers(host)) {
            throw new Failure.Forbidden(local
                    ? "this server runs without login and answers only to localhost; the Host header says \"" + host
                            + "\""
                    : "this server does not answer to the host \"" + host + "\"; see PROMPTLAB_HOSTS");
        }
    }

    /// @param host as in the header, with or without port
    boolean answers(@Nullable String host) {
        if (!local && listed.isEmpty()) {
            return true;
        }
        if (host == null) {
            return false;
        }
        return listed.contains(name(host)) || (local && isLoopback(host));
    }

    /// @param host as in the header, with or without port
    static boolean isLoopback(String host) {
        return LOOPBACK.matcher(name(host)).matches();
    }

    private static String name(String host) {
        return PORT.matcher(host).replaceFirst("").toLowerCase(Locale.ROOT);
    }
}
