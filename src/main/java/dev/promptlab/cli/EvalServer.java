package dev.promptlab.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.eval.run.InvalidRunException;
import dev.promptlab.web.Json;

/// The API of a server that runs suites, with the key in `PROMPTLAB_API_KEY` if there is one.
final class EvalServer {
    private static final String API_KEY = "PROMPTLAB_API_KEY";

    private final String url;
    private final String key;
    private final HttpClient client = HttpClient.newHttpClient();

    EvalServer(String url, Map<String, String> environment) {
        this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        this.key = environment.getOrDefault(API_KEY, "");
    }

    JsonNode get(String path) throws IOException, InterruptedException, InvalidRunException {
        return Json.read(bytes(path));
    }

    byte[] bytes(String path) throws IOException, InterruptedException, InvalidRunException {
        return send(request(path).build());
    }

    JsonNode send(String method, String path, JsonNode body)
            throws IOException, InterruptedException, InvalidRunException {
        return Json.read(send(request(path).header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofByteArray(Json.bytes(body))).build()));
    }

    private HttpRequest.Builder request(String path) throws InvalidRunException {
        try {
            var request = HttpRequest.newBuilder(URI.create(url + path));
            return key.isEmpty() ? request : request.header("Authorization", "Bearer " + key);
        } catch (IllegalArgumentException e) {
            throw new InvalidRunException("--server " + url + " is no URL; write http://HOST:PORT");
        }
    }

    private byte[] send(HttpRequest request) throws IOException, InterruptedException, InvalidRunException {
        HttpResponse<byte[]> answer;
        try {
            answer = client.send(request, BodyHandlers.ofByteArray());
        } catch (ConnectException e) {
            throw new InvalidRunException("there is no server at " + url);
        }
        if (answer.statusCode() < 400) {
            return answer.body();
        }
        var said = message(answer);
        if (answer.statusCode() >= 500) {
            throw new IOException(said);
        }
        throw new InvalidRunException(said);
    }

    /// Problems of a suite stand a line each, as without a server.
    private String message(HttpResponse<byte[]> answer) {
        try {
            var error = Json.read(answer.body()).path("error");
            var problems = error.path("details").path("fieldErrors").path("content");
            if (problems.isArray() && !problems.isEmpty()) {
                return String.join("\n", problems.valueStream().map(JsonNode::asText).toList());
            }
            var hint = answer.statusCode() == 401 ? "; set " + API_KEY : "";
            return error.path("message").asText("HTTP " + answer.statusCode()) + hint;
        } catch (IOException e) {
            return url + " answered " + answer.statusCode() + ": "
                    + new String(answer.body(), StandardCharsets.UTF_8).lines().findFirst().orElse("");
        }
    }
}
