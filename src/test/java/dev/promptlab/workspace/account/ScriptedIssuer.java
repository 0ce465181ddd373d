package dev.promptlab.workspace.account;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/// An identity provider on this machine that answers as it is told.
final class ScriptedIssuer implements AutoCloseable {
    private final HttpServer http;
    private final AtomicInteger fetches = new AtomicInteger();
    private volatile String keys = "{\"keys\":[]}";
    private volatile String claimedIssuer;
    private volatile boolean away;

    private ScriptedIssuer(HttpServer http) {
        this.http = http;
        this.claimedIssuer = url();
    }

    static ScriptedIssuer start() {
        try {
            var http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            var issuer = new ScriptedIssuer(http);
            http.createContext("/.well-known/openid-configuration", issuer::describe);
            http.createContext("/keys", issuer::keys);
            http.start();
            return issuer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return "http://127.0.0.1:" + http.getAddress().getPort();
    }

    /// From now on it has these.
    void has(JWK... present) {
        keys = new JWKSet(Arrays.stream(present).map(JWK::toPublicJWK).toList()).toString();
    }

    void claimsToBe(String issuer) {
        claimedIssuer = issuer;
    }

    void isAway(boolean now) {
        away = now;
    }

    /// How often its keys were fetched.
    int fetches() {
        return fetches.get();
    }

    private void describe(HttpExchange exchange) throws IOException {
        answer(exchange, "{\"issuer\":\"" + claimedIssuer + "\",\"jwks_uri\":\"" + url() + "/keys\"}");
    }

    private void keys(HttpExchange exchange) throws IOException {
        fetches.incrementAndGet();
        answer(exchange, keys);
    }

    private void answer(HttpExchange exchange, String text) throws IOException {
        try (exchange) {
            var body = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(away ? 503 : 200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
