package dev.promptlab.testing;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.promptlab.web.Json;

/// Requests to the operations of one server, proper but for one place that has a string of the caller.
///
/// @param url of the server, without a path
/// @param values of path parameters, by name or by family and name (`/templates/id`), and `templateId`
public record HostileRequests(String url, Map<String, String> values) {
    /// Read somewhere on the way, by us or by a proxy; all are sent at once.
    private static final List<String> HEADERS = List.of("Authorization", "X-API-Key", "X-Workspace-Id", "X-CSRF-Token",
            "X-Request-Id", "Cookie", "Accept", "X-Forwarded-For", "X-Forwarded-Proto", "User-Agent", "Last-Event-ID",
            "If-None-Match", "Range", "Accept-Language", "Accept-Encoding", "Referer", "Forwarded");

    /// Where a string can go.
    ///
    /// @param request with the string in this place; empty when no client can send it there
    /// @param reads whether it may only find things, so that the whole answer must be that to the harmless word
    public record Slot(ApiOperation operation, String name, boolean reads,
            Function<String, Optional<HttpRequest>> request) {
        @Override
        public String toString() {
            return operation + " " + name;
        }
    }

    public Stream<Slot> slots(ApiOperation operation) {
        var slots = new ArrayList<Slot>();
        boolean reads = operation.method().equals("GET");
        for (var name : operation.parameterNames("path")) {
            slots.add(new Slot(operation, "path " + name, false,
                    text -> Optional.of(text).filter(given -> !given.isBlank())
                            .map(given -> request(operation, Map.of(name, given), "").build())));
        }
        for (var name : operation.parameterNames("query")) {
            slots.add(new Slot(operation, "query " + name, reads,
                    text -> Optional.of(request(operation, Map.of(), "?" + name + "=" + encode(text)).build())));
        }
        slots.add(new Slot(operation, "name of a query parameter", reads,
                text -> Optional.of(request(operation, Map.of(), "?" + encode(text) + "=1").build())));
        slots.add(new Slot(operation, "headers", false,
                text -> headers(request(operation, Map.of(), ""), HEADERS, text)));
        for (var name : operation.parameterNames("header")) {
            slots.add(new Slot(operation, "header " + name, false,
                    text -> headers(request(operation, Map.of(), ""), List.of(name), text)));
        }
        if (operation.body() != null) {
            bodySlots(operation, slots);
        }
        return slots.stream();
    }

    private void bodySlots(ApiOperation operation, List<Slot> slots) {
        for (var field : operation.fields()) {
            slots.add(new Slot(operation, "field " + String.join(".", field), false,
                    text -> json(operation, Json.text(operation.bodyWith(field, text)))));
        }
        slots.add(new Slot(operation, "name of a field", false, text -> json(operation,
                "{" + Json.text(Json.array().add(text)).replaceFirst("^\\[", "").replaceFirst("]$", "") + ":1}")));
        slots.add(new Slot(operation, "body", false, text -> json(operation, text)));
        slots.add(new Slot(operation, "content type", false,
                text -> headers(request(operation, Map.of(), ""), List.of("Content-Type"), text)));
    }

    // ---- requests

    private HttpRequest.Builder request(ApiOperation operation, Map<String, String> parameters, String query) {
        var path = new StringBuilder();
        for (var segment : operation.path().substring(1).split("/", -1)) {
            boolean parameter = segment.startsWith("{");
            var name = parameter ? segment.substring(1, segment.length() - 1) : segment;
            path.append('/')
                    .append(parameter ? encode(parameters.getOrDefault(name, usual(operation, name))) : segment);
        }
        var body = operation.body() == null ? BodyPublishers.noBody()
                : BodyPublishers.ofString(ours(Json.text(operation.body())));
        var request = HttpRequest.newBuilder(URI.create(url + path + query)).timeout(Duration.ofSeconds(60))
                .method(operation.method(), body);
        return operation.body() == null ? request : request.setHeader("Content-Type", "application/json");
    }

    private String usual(ApiOperation operation, String name) {
        var family = "/" + operation.path().split("/", 3)[1] + "/" + name;
        return values.getOrDefault(family, values.getOrDefault(name, "019ab7a4-54f1-7c31-9e05-2b8c3c1f6a10"));
    }

    private Optional<HttpRequest> json(ApiOperation operation, String body) {
        return Optional.of(request(operation, Map.of(), "")
                .method(operation.method(), BodyPublishers.ofString(ours(body))).build());
    }

    /// The examples of the document name things that are not there, and hosts of others, which a test does not call.
    private String ours(String body) {
        return body
                .replaceAll("\"templateId\":\"[0-9a-f-]{36}\"", "\"templateId\":\"" + values.get("templateId") + "\"")
                .replaceAll("\"(baseUrl|callbackUrl)\":\"https://[^\"]*\"", "\"$1\":\"https://nobody.invalid/\"");
    }

    private static Optional<HttpRequest> headers(HttpRequest.Builder request, List<String> names, String text) {
        boolean possible = text.chars().allMatch(c -> c >= ' ' && c < 0x7f) && text.length() < 400;
        names.forEach(name -> request.setHeader(name, possible ? text : ""));
        return possible ? Optional.of(request.build()) : Optional.empty();
    }

    /// As a path segment; dots stay dots, which is what makes them hostile.
    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
