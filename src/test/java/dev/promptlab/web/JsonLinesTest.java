package dev.promptlab.web;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class JsonLinesTest {
    private OptionalLong answered = OptionalLong.of(-1);

    @Test
    void theLastLineSaysThatItIsTheLast() throws Exception {
        var answer = get(out -> {
            for (int i = 0; i < 20_000; i++) {
                out.accept(Json.object().put("n", i));
            }
        });

        assertThat(answer.body().lines()).hasSize(20_001).endsWith("{\"end\":true,\"lines\":20000}");
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/x-ndjson");
        assertThat(answered).hasValue(20_000);
    }

    @Test
    void whatGoesWrongOnTheWayIsTheLastLine() throws Exception {
        var answer = get(out -> {
            out.accept(Json.object().put("n", 1));
            throw new Failure.Conflict("it went away");
        });

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body().lines().toList().getLast()).contains("\"error\":", "it went away", "requestId");
        assertThat(answer.body()).doesNotContain("\"end\"");
        assertThat(answered).isEmpty();
    }

    @Test
    void whatGoesWrongBeforeTheFirstLineIsAnOrdinaryError() throws Exception {
        var answer = get(_ -> {
            throw new Failure.Conflict("it is not there");
        });

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(answer.headers().firstValue("Content-Disposition")).isEmpty();
    }

    private HttpResponse<String> get(Consumer<Consumer<ObjectNode>> content) throws IOException, InterruptedException {
        var route = Route.get("/lines", Access.PUBLIC, ctx -> answered = JsonLines.answer(ctx, "lines", content));
        try (var web = WebServer.start("127.0.0.1", 0, 1_000, (_, _) -> {}, List.of(route));
                var http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + web.port() + "/lines")).build(),
                    BodyHandlers.ofString());
        }
    }
}
