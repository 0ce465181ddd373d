package dev.promptlab.web;

import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// However a path is spelled, it reaches the route that its plain spelling reaches, or none.
class PathSpellingTest {
    private static WebServer server;

    @BeforeAll
    static void start() {
        server = WebServer.start("127.0.0.1", 0, 1 << 20, (_, _) -> {}, List.of(
                Route.get("/admin/keys", Access.PUBLIC, ctx -> ctx.result("admin")),
                Route.get("/open/{name}", Access.PUBLIC, ctx -> ctx.result("open " + ctx.pathParam("name"))),
                Route.get("/open/{name}/versions", Access.PUBLIC,
                        ctx -> ctx.result("versions " + ctx.pathParam("name")))));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /// Each might be taken for /admin/keys by one who decodes, cleans or cuts more than another.
    @ParameterizedTest
    @ValueSource(strings = {"/open/../admin/keys", "/open/x/../../admin/keys", "/./admin/keys", "/admin/./keys",
            "/admin/keys/.", "/admin/x/../keys", "//admin/keys", "/admin//keys", "/admin/keys//", "///admin/keys",
            "/open/%2e%2e/admin/keys", "/open/%2E%2e/admin/keys", "/open/.%2e/admin/keys", "/%2e/admin/keys",
            "/open/..%2fadmin/keys", "/open%2f..%2fadmin%2fkeys", "/admin%2fkeys", "/admin%2Fkeys",
            "/open/..%5cadmin/keys", "/open/..\\admin\\keys", "/admin\\keys", "/admin%5Ckeys", "\\admin\\keys",
            "/open/%252e%252e/admin/keys", "/admin%252fkeys", "/%25%36%31dmin/keys", "/open/..;/admin/keys",
            "/admin;x=1/keys", "/admin/keys;", "/admin/keys;jsessionid=1", "/;/admin/keys", "/admin/keys%00",
            "/admin/keys%00.css", "/admin/%00keys", "/admin/keys%0a", "/admin/keys%0d%0a", "/admin%09/keys",
            "/admin/keys%7f", "/admin/keys%c2%85", "/open/%c0%ae%c0%ae/admin/keys", "/admin%c0%afkeys",
            "/open/%e0%80%ae%e0%80%ae/admin/keys", "/admin/keys%u002f", "/open/%uff0e%uff0e/admin/keys", "/admin/keys%",
            "/admin/keys%2", "/admin/keys%zz", "/admin/k\u00e9ys", "/admin/keys#x", "admin/keys", "/admin/keys\"",
            "/admin/<keys>", "/admin/{keys}", "/admin/keys|", "/admin/keys^", "/admin/keys`", "/admin/ke ys"})
    void anotherSpellingReachesNothing(String path) {
        assertThat(get(path)).as(path).startsWith("HTTP/1.1 400 ").contains("\"error\"").contains("X-Request-Id: ")
                .doesNotContain("\r\n\r\nadmin").doesNotContain("\r\n\r\nopen");
    }

    /// What is spelled properly is taken at its word.
    @ParameterizedTest
    @ValueSource(strings = {"/Admin/keys", "/ADMIN/KEYS", "/admin/keys/x", "/admin/keys%20", "/admin%20/keys",
            "/admin/keys.",
            "/admin./keys", "/%61dmin/keys", "/admin/%6beys", "/admin/keys.json", "/admin/keys%3f", "/admin/keys%23x",
            "/admin%ef%bc%8fkeys", "/%ef%bc%8e%ef%bc%8e/admin/keys", "/.../admin/keys", "/admin/keys%3bx"})
    void aPathThatLooksAlikeIsAnotherPath(String path) {
        assertThat(get(path)).startsWith("HTTP/1.1 404 ").contains("\"not_found\"").contains("X-Request-Id: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/admin/keys", "/admin/keys/", "/admin/keys?", "/admin/keys?/../open/x",
            "/admin/keys?a=%2e%2e%2f"})
    void theRouteItselfIsReached(String path) {
        assertThat(get(path)).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nadmin");
    }

    @Test
    void aParameterIsDecodedOnce() {
        assertThat(get("/open/a%20b%3bc")).endsWith("\r\n\r\nopen a b;c");
        assertThat(get("/open/a+b")).endsWith("\r\n\r\nopen a+b");
        assertThat(get("/open/%C3%A9/versions")).endsWith("\r\n\r\nversions é");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://evil.example/admin/keys", "http://localhost@evil.example/admin/keys",
            "http://localhost:1@evil.example/admin/keys", "HTTP://EVIL.EXAMPLE/admin/keys"})
    void aTargetThatNamesAnotherHostIsRefused(String target) {
        assertThat(get(target)).startsWith("HTTP/1.1 400 ").contains("\"error\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/admin/keys?a=%zz", "/admin/keys?%", "/admin/keys?a=%c0%af", "/admin/keys?a=%ff",
            "/admin/keys?a=\u00e9"})
    void aBrokenQueryIsRefused(String path) {
        assertThat(get(path)).startsWith("HTTP/1.1 400 ").contains("\"validation_error\"");
    }

    @Test
    void whatIsTooLongIsRefused() {
        assertThat(get("/open/" + "x".repeat(1_100))).startsWith("HTTP/1.1 414 ").contains("\"error\"");
        assertThat(get("/admin/keys?" + "x".repeat(4_100))).startsWith("HTTP/1.1 414 ").contains("\"error\"");
        assertThat(get("/open/" + "x".repeat(1_000))).startsWith("HTTP/1.1 200 ");
        assertThat(get("/" + "x".repeat(20_000))).matches("(?s)HTTP/1.1 (414|431) .*").contains("\"error\"");
    }

    /// One who reads the first length and one who reads the second see two different next requests.
    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 0\r\nContent-Length: 30",
            "Content-Length: 30\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "Transfer-Encoding: xchunked",
            "Transfer-Encoding : chunked", "Content-Length: +5", "Content-Length: 5, 6", "Content-Length: 0x5",
            "Host: localhost", "X-Folded: a\r\n b", "X-Bare: a\rb", "X-Nul: a\0b", ": no name", "X Y: z"})
    void aHeadThatCanBeReadInTwoWaysIsRefused(String headers) {
        assertThat(RawClient.exchange(server.port(), RawClient.head("GET /admin/keys HTTP/1.1", "Host: localhost",
                "Connection: close", headers) + "0\r\n\r\n")).startsWith("HTTP/1.1 400 ").contains("\"error\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/admin/../keys", "/admin/%00", "/admin/%zz", "/admin;x", "/%2e%2e/"})
    void aRefusalEndsTheConnectionAndSaysSo(String path) {
        assertThat(RawClient.exchange(server.port(), RawClient.head("GET " + path + " HTTP/1.1", "Host: localhost")
                + RawClient.head("GET /admin/keys HTTP/1.1", "Host: localhost"))).startsWith("HTTP/1.1 400 ")
                .contains("\r\nConnection: close\r\n").doesNotContain("HTTP/1.1 200 ");
    }

    private static String get(String target) {
        return RawClient.exchange(server.port(),
                RawClient.head("GET " + target + " HTTP/1.1", "Host: localhost", "Connection: close"));
    }
}
