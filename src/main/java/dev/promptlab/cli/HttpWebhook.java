package dev.promptlab.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.eval.assertion.Webhook;
import dev.promptlab.web.Json;

/// Posts to any URL, which a suite on one's own machine may. Follows no redirects; an answer has ten seconds and a megabyte.
final class HttpWebhook implements Webhook, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MAX_ANSWER = 1 << 20;

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    @Override
    public JsonNode post(URI url, JsonNode body) throws IOException, InterruptedException {
        if (url.getHost() == null || !String.valueOf(url.getScheme()).matches("https?")) {
            throw new IOException(url + " is no http URL");
        }
        var request = HttpRequest.newBuilder(url).timeout(PATIENCE).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body))).build();
        var answer = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (var in = answer.body()) {
            if (answer.statusCode() / 100 != 2) {
                throw new IOException(url + " answered " + answer.statusCode());
            }
            return Json.read(in.readNBytes(MAX_ANSWER));
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
