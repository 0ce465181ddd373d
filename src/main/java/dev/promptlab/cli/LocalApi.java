package dev.promptlab.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.Executors;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.web.Json;

/// The API of a running server, as a command uses it.
final class LocalApi {
    private final String url;
    private final HttpClient client = HttpClient.newBuilder().executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();

    LocalApi(String url) {
        this.url = url;
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return send(request(path).build());
    }

    JsonNode post(String path, JsonNode body) throws IOException, InterruptedException {
        return send(request(path).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(Json.bytes(body))).build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path));
    }

    private JsonNode send(HttpRequest request) throws IOException, InterruptedException {
        var response = client.send(request, BodyHandlers.ofString());
        var body = Json.parse(response.body());
        if (response.statusCode() >= 400) {
            throw new IOException(body.path("error").path("message").asText("HTTP " + response.statusCode()));
        }
        return body;
    }
}
