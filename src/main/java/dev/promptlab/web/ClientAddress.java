package dev.promptlab.web;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;

import dev.promptlab.net.Literals;
import io.javalin.http.Context;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.jspecify.annotations.Nullable;

/// Who sent a request: the other end of the connection, or whom a trusted proxy names (PROMPTLAB_TRUSTED_PROXIES).
public final class ClientAddress {
    private static final String PROXIES = "trusted-proxies";
    private static final String KNOWN = "client-address";

    private ClientAddress() {}

    /// Before the first use.
    static void setProxies(Context ctx, Proxies proxies) {
        ctx.attribute(PROXIES, proxies);
    }

    /// The address in its one spelling, fit for keys and records: `192.0.2.1`, `2001:db8::1`.
    public static String of(Context ctx) {
        String known = ctx.attribute(KNOWN);
        if (known == null) {
            var named = Collections.list(ctx.req().getHeaders("X-Forwarded-For"));
            known = Literals.text(proxies(ctx).client(peer(ctx), named));
            ctx.attribute(KNOWN, known);
        }
        return known;
    }

    /// Whether the request came over https to a trusted proxy that ends TLS (`X-Forwarded-Proto`).
    public static boolean isHttps(Context ctx) {
        return proxies(ctx).trust(peer(ctx)) && isHttps(ctx.header("X-Forwarded-Proto"));
    }

    /// Of several proxies, the first is the one that the client spoke to.
    static boolean isHttps(@Nullable String forwardedProto) {
        return forwardedProto != null && forwardedProto.split(",", 2)[0].strip().equalsIgnoreCase("https");
    }

    private static Proxies proxies(Context ctx) {
        Proxies proxies = ctx.attribute(PROXIES);
        return proxies == null ? Proxies.NONE : proxies;
    }

    private static InetAddress peer(Context ctx) {
        var connection = ServletContextRequest.getServletContextRequest(ctx.req()).getConnectionMetaData();
        return ((InetSocketAddress) connection.getRemoteSocketAddress()).getAddress();
    }
}
