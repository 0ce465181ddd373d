package dev.promptlab.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import dev.promptlab.config.Settings;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// Hosts and origins of a server with login, and of one without that lists another origin.
class OriginsTest {
    private static final Set<String> LISTED = Set.of("https://app.example.com", "http://localhost:5173");
    private static final List<Route> ROUTES = List.of(Route.get("/things", Access.PUBLIC, ctx -> ctx.result("things")),
            Route.post("/things", Access.PUBLIC, ctx -> ctx.result("made")));
    private static WebServer withLogin;
    private static WebServer withoutLogin;
    private static WebServer withHosts;

    @BeforeAll
    static void start() {
        withLogin = server(new Settings.Edge(false, Set.of(), LISTED, List.of()));
        withoutLogin = server(new Settings.Edge(true, Set.of(), LISTED, List.of()));
        withHosts = server(new Settings.Edge(false, Set.of("api.example.com", "[2001:db8::1]"), Set.of(), List.of()));
    }

    @AfterAll
    static void stop() {
        List.of(withLogin, withoutLogin, withHosts).forEach(WebServer::close);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://app.example.com", "http://localhost:5173"})
    void aPageOfAListedOriginMayCallAndRead(String origin) {
        assertThat(call(withLogin, "GET", "Origin: " + origin, "Cookie: promptlab_session=x"))
                .startsWith("HTTP/1.1 200 ")
                .contains("\r\nAccess-Control-Allow-Origin: " + origin + "\r\n")
                .contains("\r\nAccess-Control-Allow-Credentials: true\r\n").contains("\r\nVary: Origin\r\n");
        assertThat(call(withLogin, "POST", "Origin: " + origin, "Cookie: promptlab_session=x"))
                .startsWith("HTTP/1.1 200 ");
        assertThat(call(withoutLogin, "POST", "Origin: " + origin)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void anErrorCanBeReadToo() {
        assertThat(RawClient.exchange(withLogin.port(), RawClient.head("GET /nothing HTTP/1.1", "Host: localhost",
                "Origin: https://app.example.com", "Connection: close"))).startsWith("HTTP/1.1 404 ")
                .contains("\r\nAccess-Control-Allow-Origin: https://app.example.com\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://evil.example", "null", "https://app.example.com.evil.example",
            "https://evilapp.example.com", "http://app.example.com", "https://app.example.com:8443",
            "https://APP.example.com", "https://app.example.com/", "https://user@app.example.com", "file://", "*",
            "http://localhost:5174", "https://[broken", "https://app.example.com https://evil.example"})
    void aPageOfAnotherOriginReadsNothingAndChangesNothingWithACookie(String origin) {
        assertThat(call(withLogin, "GET", "Origin: " + origin, "Cookie: promptlab_session=x"))
                .startsWith("HTTP/1.1 200 ").doesNotContain("Access-Control-").contains("\r\nVary: Origin\r\n");
        assertThat(call(withLogin, "POST", "Origin: " + origin, "Cookie: promptlab_session=x"))
                .startsWith("HTTP/1.1 403 ").contains("\"forbidden\"").doesNotContain("Access-Control-");
        assertThat(call(withLogin, "GET", "Origin: " + origin, "Cookie: a=b", "Upgrade: websocket",
                "Connection: upgrade"))
                .startsWith("HTTP/1.1 403 ");
        assertThat(call(withLogin, "POST", "Origin: " + origin)).startsWith("HTTP/1.1 200 ")
                .doesNotContain("Access-Control-");
        assertThat(call(withoutLogin, "GET", "Origin: " + origin)).startsWith("HTTP/1.1 403 ");
        assertThat(call(withoutLogin, "OPTIONS", "Origin: " + origin, "Access-Control-Request-Method: POST"))
                .startsWith("HTTP/1.1 403 ").doesNotContain("Access-Control-");
    }

    @Test
    void twoOriginsAreNone() {
        assertThat(call(withLogin, "POST", "Origin: https://app.example.com", "Origin: https://evil.example",
                "Cookie: promptlab_session=x")).startsWith("HTTP/1.1 403 ").doesNotContain("Access-Control-");
    }

    @ParameterizedTest
    @CsvSource({"localhost:4000,http://localhost:4000", "localhost,https://localhost",
            "localhost:443,https://localhost",
            "LOCALHOST:80,http://localhost"})
    void ourOwnPagesNeedNoList(String host, String origin) {
        for (var server : List.of(withLogin, withoutLogin)) {
            assertThat(RawClient.exchange(server.port(), RawClient.head("POST /things HTTP/1.1", "Host: " + host,
                    "Content-Length: 0", "Origin: " + origin, "Cookie: a=b", "Connection: close")))
                    .startsWith("HTTP/1.1 200 ").doesNotContain("Access-Control-");
        }
    }

    @Test
    void aPreflightNamesWhatThePathCan() {
        var answer = call(withLogin, "OPTIONS", "Origin: https://app.example.com",
                "Access-Control-Request-Method: POST",
                "Access-Control-Request-Headers: authorization, x-evil");
        assertThat(answer).startsWith("HTTP/1.1 204 ")
                .contains("\r\nAccess-Control-Allow-Methods: GET, HEAD, OPTIONS, POST\r\n")
                .contains("\r\nAccess-Control-Max-Age: 600\r\n").contains("\r\nVary: Origin\r\n")
                .contains(
                        "Authorization, Content-Type, X-API-Key, X-Workspace-Id, X-CSRF-Token, Idempotency-Key, Last-Event-ID")
                .doesNotContain("*").doesNotContainIgnoringCase("x-evil");
        assertThat(call(withLogin, "OPTIONS", "Origin: https://evil.example", "Access-Control-Request-Method: POST"))
                .startsWith("HTTP/1.1 204 ").doesNotContain("Access-Control-");
    }

    @ParameterizedTest
    @CsvSource({"api.example.com,200", "API.example.com:8443,200", "[2001:db8::1]:80,200", "evil.example,403",
            "api.example.com.evil.example,403", "api.example.com.,403", "localhost,403", "127.0.0.1,403",
            "api.example.com:evil,400", "evil.example:api.example.com,400"})
    void onlyListedHostsAreAnswered(String host, int status) {
        assertThat(RawClient.exchange(withHosts.port(),
                RawClient.head("GET /things HTTP/1.1", "Host: " + host, "Connection: close")))
                .startsWith("HTTP/1.1 " + status + " ");
    }

    private static String call(WebServer server, String method, String... headers) {
        var lines = new ArrayList<>(List.of(method + " /things HTTP/1.1", "Host: localhost", "Connection: close",
                "Content-Length: 0"));
        lines.addAll(List.of(headers));
        return RawClient.exchange(server.port(), RawClient.head(lines.toArray(String[]::new)));
    }

    private static WebServer server(Settings.Edge edge) {
        return WebServer.start("127.0.0.1", 0, 1 << 20, edge, (_, _) -> {}, ROUTES,
                new CompositeMeterRegistry());
    }
}
