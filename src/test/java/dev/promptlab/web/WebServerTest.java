package dev.promptlab.web;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.config.Settings;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

class WebServerTest {
    private static final int MAX_BODY = 1 << 20;
    private static final EdgeLimits LIMITS = new EdgeLimits(new RequestBody(MAX_BODY, Duration.ofMillis(600)),
            Duration.ofMillis(600), Duration.ofSeconds(20), 1, 1_000, 1_000);
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static final Logger LOG = (Logger) LoggerFactory.getLogger(Problem.class);

    private static final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private static WebServer server;

    @BeforeAll
    static void start() {
        LOG.setAdditive(false);
        LOG.addAppender(logged);
        logged.start();
        server = WebServer.start("127.0.0.1", 0, LIMITS, Settings.Edge.LOCAL, (_, _) -> {},
                List.of(Route.get("/things/{id}", Access.PUBLIC,
                        ctx -> Http.answer(ctx, 200, Json.object().put("name", "thing"))),
                        Route.put("/things/{id}", Access.PUBLIC, ctx -> Http.answer(ctx, 200, Http.body(ctx))),
                        Route.post("/things", Access.PUBLIC, ctx -> Http.answer(ctx, 201, Http.body(ctx))),
                        Route.post("/twice", Access.PUBLIC, ctx -> Http.answer(ctx, 200,
                                Json.object().put("bytes", Http.bytes(ctx).length + Http.bytes(ctx).length))),
                        Route.get("/bug", Access.PUBLIC, _ -> {
                            throw new IllegalArgumentException("jdbc:postgresql://secret.internal/db");
                        }), Route.get("/busy", Access.PUBLIC, _ -> {
                            throw new Failure.Busy("wait", Duration.ofMillis(200));
                        })),
                new CompositeMeterRegistry());
    }

    @AfterAll
    static void stop() {
        server.close();
        LOG.detachAppender(logged);
        LOG.setAdditive(true);
    }

    @Test
    void aServerThatIsAboutToStopAnswersAndEndsTheConnection() throws Exception {
        var routes = List.of(Route.get("/thing", Access.PUBLIC, ctx -> Http.answer(ctx, 200, Json.object())));
        try (var leaving = WebServer.start("127.0.0.1", 0, MAX_BODY, (_, _) -> {}, routes)) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + leaving.port() + "/thing")).build();
            assertThat(HTTP.send(request, BodyHandlers.ofString()).headers().firstValue("Connection")).isEmpty();

            leaving.leave();

            var answer = HTTP.send(request, BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Connection")).contains("close");
        }
    }

    @Test
    void answersAnUnknownRouteWithTheEnvelope() throws Exception {
        var response = send(request("/nothing/here"));
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(error(response, "not_found").get("message").textValue()).contains("GET /nothing/here");
        assertThat(error(response, "not_found").get("details").toString())
                .isEqualTo("{\"formErrors\":[],\"fieldErrors\":{}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "PUT", "DELETE", "PATCH", "PROPFIND"})
    void knowsNoRouteByAnyMethod(String method) throws Exception {
        var response = send(request("/nothing").method(method, BodyPublishers.noBody()));
        assertThat(response.statusCode()).isEqualTo(404);
        error(response, "not_found");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"DELETE | /things/1 | GET, HEAD, OPTIONS, PUT",
            "GET | /things | OPTIONS, POST",
            "PATCH | /things | OPTIONS, POST"})
    void namesTheMethodsThatARouteHas(String method, String path, String allow) throws Exception {
        var response = send(request(path).method(method, BodyPublishers.noBody()));
        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("Allow")).hasValue(allow);
        error(response, "method_not_allowed");
    }

    @Test
    void answersHeadAsGetWithoutTheBody() throws Exception {
        var response = send(request("/things/1").HEAD());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
    }

    @Test
    void answersOptionsWithTheMethods() throws Exception {
        var response = send(request("/things/1").method("OPTIONS", BodyPublishers.noBody()));
        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD, OPTIONS, PUT");
    }

    @Test
    void keepsARequestIdThatIsGivenAndMakesOneElse() throws Exception {
        var given = send(request("/things/1").header("X-Request-Id", "trace-1.2_3"));
        assertThat(given.headers().firstValue("X-Request-Id")).hasValue("trace-1.2_3");
        var refused = send(request("/things/1").header("X-Request-Id", "has spaces <b>"));
        assertThat(refused.headers().firstValue("X-Request-Id").orElseThrow()).hasSize(36).isNotEqualTo(
                send(request("/things/1")).headers().firstValue("X-Request-Id").orElseThrow());
    }

    @Test
    void sendsTheSecurityHeadersWithErrorsToo() throws Exception {
        for (var path : List.of("/things/1", "/nothing", "/bug")) {
            var headers = send(request(path)).headers();
            assertThat(headers.firstValue("X-Content-Type-Options")).as(path).hasValue("nosniff");
            assertThat(headers.firstValue("Referrer-Policy")).as(path).hasValue("no-referrer");
            assertThat(headers.firstValue("Server")).as(path).isEmpty();
        }
    }

    @Test
    void tellsTheDetailsOfABugToTheLogAlone() throws Exception {
        logged.list.clear();
        var response = send(request("/bug"));
        assertThat(response.statusCode()).isEqualTo(500);
        var id = error(response, "internal_error").get("requestId").textValue();
        assertThat(response.body()).doesNotContain("secret").doesNotContain("IllegalArgument");
        assertThat(logged.list).singleElement().satisfies(event -> {
            assertThat(event.getFormattedMessage()).contains(id).contains("GET /bug");
            assertThat(event.getThrowableProxy().getMessage()).contains("secret");
        });
    }

    @Test
    void saysWhenToComeBackInWholeSeconds() throws Exception {
        var response = send(request("/busy"));
        assertThat(response.statusCode()).isEqualTo(409);
        assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
        error(response, "conflict");
    }

    // ---- bodies

    @Test
    void takesABodyUpToTheLimitAndRefusesMore() throws Exception {
        assertThat(post("/twice", "x".repeat(MAX_BODY)).body()).isEqualTo("{\"bytes\":" + 2 * MAX_BODY + "}");
        for (var size : List.of(MAX_BODY + 1, 10 << 20)) {
            var response = post("/things", "x".repeat(size));
            assertThat(response.statusCode()).isEqualTo(413);
            assertThat(error(response, "payload_too_large").get("message").textValue()).contains("PROMPTLAB_MAX_BODY");
        }
    }

    @Test
    void refusesALargeBodyOfUnknownLength() throws Exception {
        var chunked = BodyPublishers.fromPublisher(BodyPublishers.ofString("x".repeat(MAX_BODY + 1)));
        var response = send(request("/things").header("Content-Type", "application/json").POST(chunked));
        assertThat(response.statusCode()).isEqualTo(413);
        error(response, "payload_too_large");
    }

    @Test
    void refusesALargeBodyBeforeItIsSentWhenTheClientAsks() {
        var answer = raw(RawClient.head("POST /things HTTP/1.1", "Host: localhost", "Content-Type: application/json",
                "Content-Length: 10485760", "Expect: 100-continue"));
        assertThat(answer).startsWith("HTTP/1.1 413 ").contains("\"payload_too_large\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "application/jsonx", "nonsense"})
    void refusesAnotherContentType(String type) throws Exception {
        var response = send(request("/things").header("Content-Type", type).POST(BodyPublishers.ofString("{}")));
        assertThat(response.statusCode()).isEqualTo(415);
        assertThat(error(response, "unsupported_media_type").get("message").textValue()).contains("application/json")
                .contains(type);
    }

    @Test
    void refusesABodyWithoutContentType() throws Exception {
        var response = send(request("/things").POST(BodyPublishers.ofString("{}")));
        assertThat(response.statusCode()).isEqualTo(415);
    }

    @Test
    void takesJsonWithACharset() throws Exception {
        var response = send(request("/things").header("Content-Type", "Application/JSON; charset=utf-8")
                .POST(BodyPublishers.ofString("{\"a\":1.50}")));
        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(response.body()).isEqualTo("{\"a\":1.50}");
    }

    @Test
    void saysWhereJsonIsBroken() throws Exception {
        assertThat(formError("{\n  \"a\": 1,\n  \"b\": oops\n}"))
                .startsWith("the body is not valid JSON at line 3, column")
                .doesNotContain("Token").doesNotContain("jackson");
        assertThat(formError("{\"a\":1} x")).contains("not valid JSON at line 1");
        assertThat(formError("{\"a\":")).contains("not valid JSON at line 1");
        assertThat(formError("")).contains("empty");
    }

    @Test
    void refusesAFieldThatIsNamedTwice() throws Exception {
        assertThat(formError("{\"a\":1,\n\"a\":2}")).isEqualTo("the body names a field twice at line 2, column 4");
    }

    @Test
    void refusesDeepNestingAndEndlessNumbers() throws Exception {
        assertThat(formError("[".repeat(101) + "]".repeat(101))).contains("nests deeper than 100");
        assertThat(formError("[" + "9".repeat(5_000) + "]")).contains("far too long");
        assertThat(formError("[1e9909999999]")).contains("far too long");
        assertThat(post("/things", "[".repeat(100) + "]".repeat(100)).statusCode()).isEqualTo(201);
    }

    @Test
    void refusesBytesThatAreNotUtf8() throws Exception {
        var response = send(request("/things").header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(new byte[]{'"', (byte) 0xC3, '"'})));
        assertThat(response.statusCode()).isEqualTo(400);
        error(response, "validation_error");
    }

    @Test
    void namesEveryFieldWithTextThatCannotBeKept() throws Exception {
        var errors = fieldErrors(
                "{\"a\":\"x\\u0000\",\"b\":{\"c\":[\"\\ud800\"]},\"d\":\"\\ud83d\\ude00\",\"e\\u0000/~\":1}");
        assertThat(names(errors)).containsExactlyInAnyOrder("a", "b.c[0]", "e\uFFFD/~");
        assertThat(errors.get("a").get(0).textValue())
                .isEqualTo("the text must not contain the NUL character (position 1)");
        assertThat(errors.get("b.c[0]").get(0).textValue()).contains("lone surrogate");
    }

    @Test
    void refusesNamesOfFieldsThatAreNoText() throws Exception {
        assertThat(formError("{\"e\\udc00\":1}")).startsWith("the body is not valid JSON at line 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999999999", "-1e-999999999", "1e401", "1e2147483647"})
    void refusesNumbersThatNothingCanHold(String number) throws Exception {
        assertThat(names(fieldErrors("{\"a\":{\"n\":" + number + "}}"))).containsExactly("a.n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e308", "0.1", "123456789012345678901234567890", "-0.000000000000000000001", "1E-7"})
    void takesNumbersAsTheyAre(String number) throws Exception {
        assertThat(post("/things", "[" + number + "]").statusCode()).isEqualTo(201);
    }

    // ---- who may ask

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "localhost.evil.example", "192.168.0.1", "127.0.0.1.nip.io", "[::2]"})
    void refusesRequestsToAnotherHost(String host) {
        assertThat(raw("GET /things/1 HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403 ").contains("\"forbidden\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:4000", "127.0.0.1", "127.1.2.3:80", "[::1]:4000"})
    void answersToEveryNameOfTheLoopback(String host) {
        assertThat(raw("GET /things/1 HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @CsvSource({"http://localhost:4000,200", "https://localhost:4000,200", "http://localhost:4001,403",
            "http://evil.example,403", "null,403", "http://[broken,403"})
    void refusesPagesOfOtherOrigins(String origin, int status) {
        assertThat(raw("GET /things/1 HTTP/1.1\r\nHost: localhost:4000\r\nOrigin: " + origin
                + "\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 " + status + " ");
    }

    // ---- before routing

    @Test
    void answersHugeHeadersWithTheEnvelope() {
        var answer = raw("GET /things/1 HTTP/1.1\r\nHost: localhost\r\nX-Big: " + "x".repeat(20_000) + "\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 431 ");
        assertEnvelope(answer, "headers_too_large");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GARBAGE\r\n\r\n", "GET things HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
            "GET /things/1 HTTP/1.1\r\nHost: localhost\r\nBad Header: x\r\n\r\n",
            "GET /things/1 HTTP/1.1\r\n\r\n",
            "GET /things/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n"})
    void answersWhatIsNoHttpWithTheEnvelope(String text) {
        var answer = raw(text);
        assertThat(answer).matches("(?s)HTTP/1.1 (400|505) .*");
        assertEnvelope(answer, "validation_error");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/things/..%2f..%2fetc", "/things/%2e%2e/x", "/things;x/1", "/things//1", "/things/%00"})
    void answersAmbiguousPathsWithTheEnvelope(String path) {
        var answer = raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(answer).matches("(?s)HTTP/1.1 (200|400|404) .*").doesNotContain("<html");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRACE", "CONNECT", "FOO"})
    void answersOddMethodsWithTheEnvelope(String method) {
        var answer = raw(method + " /things/1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(answer).matches("(?s)HTTP/1.1 (400|404|405) .*").contains("\"error\"").contains("X-Request-Id: ");
    }

    // ---- slow clients

    @Test
    void cutsAHeadThatDrips() throws Exception {
        try (var client = new RawClient(server.port())) {
            client.write("GET /things/1 HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
            assertThat(client.dripUntilCut("x", 50)).isBetween(400L, 5_000L);
        }
    }

    @Test
    void cutsAHeadThatDripsAfterAProperRequest() throws Exception {
        try (var client = new RawClient(server.port())) {
            client.write("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\nGET /things/1 HTTP/1.1\r\nX-Slow: ");
            assertThat(client.dripUntilCut("x", 50)).isBetween(400L, 5_000L);
        }
    }

    @Test
    void leavesAQuietConnectionAlone() throws Exception {
        try (var client = new RawClient(server.port())) {
            client.write("GET /things/1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
            var slow = new Thread(() -> raw("GET /things/1 HTTP/1.1\r\nX-Never-Ends: "));
            slow.start();
            slow.join(); // cut: so the quiet one was looked at for as long, too
            client.write("GET /things/1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertThat(client.readAll().split("HTTP/1.1 200 ", -1)).hasSize(3);
        }
    }

    @Test
    void saysThatItClosesTheConnectionWhenABodyIsStillOnItsWay() {
        var answer = raw(RawClient.head("POST /nothing HTTP/1.1", "Host: localhost", "Content-Type: application/json",
                "Content-Length: 20"));
        assertThat(answer).startsWith("HTTP/1.1 404 ").containsIgnoringCase("\r\nConnection: close\r\n");
    }

    @Test
    void refusesABodyThatDrips() throws Exception {
        try (var client = new RawClient(server.port())) {
            client.write(RawClient.head("POST /things HTTP/1.1", "Host: localhost", "Content-Type: application/json",
                    "Content-Length: 100000"));
            assertThat(client.dripUntilAnswer(" ", 50)).startsWith("HTTP/1.1 408 ").contains("\"request_timeout\"");
        }
    }

    // ----

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
                .timeout(Duration.ofSeconds(20));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(String path, String body) throws Exception {
        return send(request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    private static String raw(String text) {
        return RawClient.exchange(server.port(), text);
    }

    private static String formError(String body) throws Exception {
        var response = post("/things", body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        return error(response, "validation_error").at("/details/formErrors/0").textValue();
    }

    private static JsonNode fieldErrors(String body) throws Exception {
        var response = post("/things", body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        return error(response, "validation_error").at("/details/fieldErrors");
    }

    private static List<String> names(JsonNode object) {
        return new ArrayList<>(object.properties().stream().map(Map.Entry::getKey).toList());
    }

    private static JsonNode error(HttpResponse<String> response, String code) {
        var error = Json.parse(response.body()).get("error");
        assertThat(error.get("code").textValue()).isEqualTo(code);
        assertThat(error.get("requestId").textValue())
                .isEqualTo(response.headers().firstValue("X-Request-Id").orElseThrow());
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        return error;
    }

    private static void assertEnvelope(String answer, String code) {
        var parts = answer.split("\r\n\r\n", 2);
        var error = Json.parse(parts[1]).get("error");
        assertThat(error.get("code").textValue()).isEqualTo(code);
        assertThat(parts[0]).contains("X-Request-Id: " + error.get("requestId").textValue())
                .contains("Content-Type: application/json");
    }
}
