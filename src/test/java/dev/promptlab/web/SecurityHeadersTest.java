package dev.promptlab.web;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class SecurityHeadersTest {
    private static final Map<String, String> EXPECTED = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
            "X-Content-Type-Options", "nosniff", "Referrer-Policy", "no-referrer",
            "Cross-Origin-Opener-Policy", "same-origin", "Cross-Origin-Resource-Policy", "same-origin",
            "Cache-Control", "no-store");
    private static WebServer server;

    @BeforeAll
    static void start() {
        server = WebServer.start("127.0.0.1", 0, 1 << 20, (_, _) -> {}, List.of(
                Route.get("/thing", Access.PUBLIC, ctx -> Http.answer(ctx, 200, Json.object())),
                Route.post("/thing", Access.PUBLIC, ctx -> Http.answer(ctx, 201, Http.body(ctx))),
                Route.get("/bug", Access.PUBLIC, _ -> {
                    throw new IllegalStateException("a bug that this test wants");
                })));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /// The lines of each head are parted by `|`.
    @ParameterizedTest
    @CsvSource(quoteCharacter = '~', textBlock = """
            200, GET /thing HTTP/1.1|Host: localhost
            200, HEAD /thing HTTP/1.1|Host: localhost
            204, OPTIONS /thing HTTP/1.1|Host: localhost
            400, GET /thing/../x HTTP/1.1|Host: localhost
            400, GET /thing%00 HTTP/1.1|Host: localhost
            400, GET /thing HTTP/1.1
            400, GARBAGE
            400, GET /thing HTTP/1.1|Host: localhost|Bad Header: x
            400, POST /thing HTTP/1.1|Host: localhost|Content-Type: application/json|Content-Length: 0
            403, GET /thing HTTP/1.1|Host: evil.example
            403, GET /thing HTTP/1.1|Host: localhost|Origin: https://evil.example
            404, GET /nothing HTTP/1.1|Host: localhost
            404, FOO /nothing HTTP/1.1|Host: localhost
            405, DELETE /thing HTTP/1.1|Host: localhost
            413, POST /thing HTTP/1.1|Host: localhost|Content-Type: application/json|Content-Length: 9999999|Expect: 100-continue
            415, POST /thing HTTP/1.1|Host: localhost|Content-Length: 0
            500, GET /bug HTTP/1.1|Host: localhost
            505, GET /thing HTTP/9.9|Host: localhost
            """)
    void everyAnswerCarriesThem(int status, String head) {
        assertCarriesThem(status, RawClient.head((head + "|Connection: close").split("\\|")));
    }

    @Test
    void answersToWhatIsTooLargeCarryThem() {
        assertCarriesThem(414, RawClient.head("GET /" + "x".repeat(1_100) + " HTTP/1.1", "Host: localhost",
                "Connection: close"));
        assertCarriesThem(431, RawClient.head("GET /thing HTTP/1.1", "Host: localhost", "X-Big: " + "x".repeat(9_000)));
        assertCarriesThem(431, RawClient.head("GET /thing HTTP/1.1", "Host: localhost",
                "X: y\r\n".repeat(110) + "Connection: close"));
    }

    private static void assertCarriesThem(int status, String request) {
        var answer = RawClient.exchange(server.port(), request);
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        var headers = answer.split("\r\n\r\n", 2)[0].lines().toList();
        EXPECTED.forEach((name, value) -> assertThat(headers).filteredOn(line -> line.startsWith(name + ":"))
                .containsExactly(name + ": " + value));
        assertThat(headers).anyMatch(line -> line.startsWith("Permissions-Policy: camera=()"))
                .anyMatch(line -> line.startsWith("X-Request-Id: ")).noneMatch(line -> line.startsWith("Server:"))
                .noneMatch(line -> line.startsWith("Strict-Transport-Security"));
    }
}
