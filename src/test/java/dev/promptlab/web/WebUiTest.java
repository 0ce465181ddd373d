package dev.promptlab.web;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// With the small UI of the test resources, whose `assets/app-1a2b.js` has both compressed forms.
class WebUiTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static WebServer server;

    @BeforeAll
    static void start() {
        server = WebServer.start("127.0.0.1", 0, 1 << 20, (_, _) -> {}, new WebUi("/web/test-ui/").routes());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/app/", "/app/jobs", "/app/templates/019ab7a4-54f1-7c31-9e05-2b8c3c1f6a10/versions"})
    void everyPageIsTheSameHtmlUnderAStrictPolicy(String path) throws Exception {
        var page = get(path);
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("<title>test</title>");
        assertThat(header(page, "Content-Security-Policy")).contains("default-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe-eval", "http");
        assertThat(header(page, "Cache-Control")).isEqualTo("no-cache");
    }

    @Test
    void aPageThatDidNotChangeIsNotSentAgain() throws Exception {
        var tag = header(get("/app/"), "ETag");
        var again = get("/app/jobs", "If-None-Match", tag);
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "gzip", "identity"})
    void anAssetIsKeptForGoodInTheSmallestFormThatTheClientTakes(String encoding) throws Exception {
        var asset = get("/app/assets/app-1a2b.js", "Accept-Encoding", encoding);
        assertThat(asset.statusCode()).isEqualTo(200);
        assertThat(header(asset, "Cache-Control")).isEqualTo("public, max-age=31536000, immutable");
        assertThat(header(asset, "Content-Type")).startsWith("text/javascript");
        assertThat(header(asset, "Content-Encoding")).isEqualTo(encoding.equals("identity") ? "" : encoding);
        assertThat(asset.body().strip()).isEqualTo(encoding + " form");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/app/assets/app-ffff.js", "/app/assets/", "/app/assets/app-1a2b.js.br", "/app/gone.js",
            "/app/assets/%2e%2e/secret.txt", "/app/..%2fapp.html", "/app/.hidden.js", "/app/assets/app-1a2b.class"})
    void whatIsNotThereIsNotThePage(String path) throws Exception {
        var answer = get(path);
        assertThat(answer.statusCode()).isIn(400, 404);
        assertThat(answer.body()).doesNotContain("<title>");
        assertThat(header(answer, "Cache-Control")).isIn("no-store", "");
    }

    private static HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }
}
