package dev.promptlab.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.promptlab.testing.ApiClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ApiDocsTest {
    private static final Pattern LINK = Pattern.compile("(?:src|href)=\"([^\"]*)\"");

    private static WebServer server;
    private static ApiClient api;
    private static volatile boolean databaseAnswers = true;

    @BeforeAll
    static void start() {
        var routes = new ArrayList<>(ApiDocs.routes());
        routes.addAll(new WebUi("/web/none/").routes());
        routes.addAll(new Health(Map.of("database", () -> databaseAnswers), Map.of("redis", () -> false)).routes());
        server = WebServer.start("127.0.0.1", 0, 1 << 20, (_, _) -> {}, routes);
        api = ApiClient.of("http://localhost:" + server.port());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void servesTheSameDocumentAsYamlAndAsJson() throws Exception {
        var yaml = api.get("/openapi.yaml").expect(200);
        assertThat(yaml.text()).startsWith("openapi: 3.1.0");
        assertThat(api.get("/openapi.json").expect(200).text())
                .isEqualTo(new YAMLMapper().readTree(yaml.text()).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api-docs", "/app/"})
    void servesPagesThatLoadNothingFromElsewhere(String path) {
        var page = api.get(path).expect(200);
        assertThat(page.headers().allValues("Content-Security-Policy")).singleElement().asString()
                .contains("default-src 'self'").contains("frame-ancestors 'none'").doesNotContain("http");
        assertThat(links(page.text())).isNotEmpty().allSatisfy(link -> {
            assertThat(link).startsWith("/").doesNotStartWith("//");
        });
    }

    @Test
    void servesEverythingThatTheApiPageNeeds() {
        var page = api.get("/api-docs").expect(200);
        links(page.text()).forEach(link -> assertThat(api.get(link).expect(200).text()).isNotEmpty());
        assertThat(api.get("/api-docs/init.js").text()).contains("url: \"/openapi.yaml\"").doesNotContain("http");
        api.get("/api-docs/swagger-ui.js").expect(404);
    }

    @Test
    void leadsFromTheRootToThePage() {
        assertThat(api.get("/").expect(302).header("Location")).hasValue("/app/");
    }

    @Test
    void saysWhetherItLivesAndWhetherItCanWork() {
        api.get("/health").expect(200);
        api.get("/health/live").expect(200);
        databaseAnswers = false;
        api.get("/health/startup").expect(503);
        databaseAnswers = true;
        api.get("/health/startup").expect(200);
        var ready = api.get("/health/ready").expect(200).json();
        assertThat(ready.at("/checks/database").textValue()).isEqualTo("ok");
        assertThat(ready.at("/checks/redis").textValue()).isEqualTo("degraded");
        databaseAnswers = false;
        assertThat(api.get("/health/ready").expect(503).json().at("/checks/database").textValue())
                .isEqualTo("failing");
        api.get("/health/live").expect(200);
        api.get("/health/startup").expect(200);
    }

    private static List<String> links(String html) {
        return LINK.matcher(html).results().map(match -> match.group(1)).toList();
    }
}
