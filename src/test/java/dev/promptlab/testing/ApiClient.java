package dev.promptlab.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.web.Json;

/// Talks to a server as a client would, and holds every answer against the OpenAPI document: what is not documented fails
/// the test. Immutable, thread-safe.
public final class ApiClient {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String url;
    private final ApiContract contract;
    private final Map<String, String> headers;

    private ApiClient(String url, ApiContract contract, Map<String, String> headers) {
        this.url = url;
        this.contract = contract;
        this.headers = headers;
    }

    /// @param url of the server, without a path
    public static ApiClient of(String url) {
        return of(url, ApiContract.product());
    }

    static ApiClient of(String url, ApiContract contract) {
        return new ApiClient(url, contract, Map.of());
    }

    /// The same client with one more header in every request.
    public ApiClient with(String header, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new ApiClient(url, contract, more);
    }

    /// @param path with its query, escaped
    public Response get(String path) {
        return send("GET", path, BodyPublishers.noBody());
    }

    public Response delete(String path) {
        return send("DELETE", path, BodyPublishers.noBody());
    }

    /// Without a body.
    public Response post(String path) {
        return send("POST", path, BodyPublishers.noBody());
    }

    public Response post(String path, JsonNode body) {
        return post(path, Json.text(body));
    }

    /// @param json as it goes, right or wrong
    public Response post(String path, String json) {
        return json("POST", path, json);
    }

    public Response put(String path, JsonNode body) {
        return put(path, Json.text(body));
    }

    public Response put(String path, String json) {
        return json("PUT", path, json);
    }

    /// For methods that have no short form here.
    public Response send(String method, String path, BodyPublisher body) {
        var request = HttpRequest.newBuilder(URI.create(url + path)).timeout(PATIENCE).method(method, body);
        headers.forEach(request::setHeader);
        try {
            var answer = HTTP.send(request.build(), BodyHandlers.ofString());
            var response = new Response(answer.statusCode(), answer.headers(), answer.body());
            contract.check(method, path.split("\\?", 2)[0], response);
            return response;
        } catch (IOException e) {
            throw new AssertionError(method + " " + path + " got no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(method + " " + path + " was interrupted", e);
        }
    }

    private Response json(String method, String path, String json) {
        var typed = headers.containsKey("Content-Type") ? this : with("Content-Type", "application/json");
        return typed.send(method, path, BodyPublishers.ofString(json));
    }

    /// An answer that the contract allows.
    ///
    /// @param text the body, read as UTF-8
    public record Response(int status, HttpHeaders headers, String text) {
        /// Fails with the body when the status is another one.
        public Response expect(int wanted) {
            if (status != wanted) {
                throw new AssertionError("expected " + wanted + ", got " + status + ": " + text);
            }
            return this;
        }

        public JsonNode json() {
            return Json.parse(text);
        }

        /// The first one of this name, upper and lower case alike.
        public Optional<String> header(String name) {
            return headers.firstValue(name);
        }

        /// Path and query of the next page; empty on the last one.
        public Optional<String> nextPage() {
            return header("Link").map(link -> link.substring(1, link.indexOf('>')));
        }

        /// `error.message` of an error.
        public String errorMessage() {
            return json().at("/error/message").asText();
        }
    }
}
