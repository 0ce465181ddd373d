package dev.promptlab.testing;

import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.testing.ApiClient.Response;
import dev.promptlab.web.Json;

import static dev.promptlab.testing.ApiContract.product;

/// Somebody who uses all of a workspace: calls every operation that needs a permission in one, each with success, and leaves
/// something behind of every kind. For tests that ask what others see of it.
public final class Tour {
    /// One request of the tour.
    ///
    /// @param operation `GET /jobs/{id}`
    /// @param body empty when there is none
    public record Step(String operation, String method, String path, String body) {}

    private final ApiClient api;
    private final String marker;
    private final List<Step> steps = new ArrayList<>();

    private Tour(ApiClient api, String marker) {
        this.api = api;
        this.marker = marker;
    }

    /// @param marker stands in every name and every prompt
    /// @param callbacks called when a job has ended; the server must be allowed to
    /// @return what was done, in order
    public static List<Step> of(ApiClient api, String marker, CallbackReceiver callbacks) {
        var tour = new Tour(api, marker);
        var template = tour.templates();
        tour.jobs(template);
        tour.failures();
        tour.queue();
        tour.callbacks(callbacks);
        return List.copyOf(tour.steps);
    }

    private String templates() {
        var template = "/templates/" + post("/templates", 201, content("Hello {{name}}")).get("id").asText();
        put(template, content("Good day {{name}}"));
        get(template);
        get("/templates?q=" + marker);
        get(template + "/versions");
        get(template + "/versions/1");
        put(template + "/labels/production", Json.object().put("version", 1).put("reason", marker));
        get(template + "/labels/production/history");
        post(template + "/render", 200, Json.parse("{\"variables\":{\"name\":\"Ada\"}}"));
        call(204, "DELETE", template + "/labels/production", "");
        call(204, "DELETE", template, "");
        call(200, "POST", template + "/restore", "");
        return template.substring("/templates/".length());
    }

    private JsonNode content(String prompt) {
        return Json.object().put("name", marker).put("userPrompt", prompt + " " + marker);
    }

    private void jobs(String template) {
        var request = Json.object().put("templateId", template).put("provider", "mock");
        request.putObject("variables").put("name", marker);
        request.putObject("metadata").put("mark", marker);
        var id = post("/generate", 202, request).get("jobId").asText();
        get("/jobs/" + id + "?wait=60s");
        get("/jobs?q=" + marker);
        api.with("Idempotency-Key", marker).post("/generate", message("once")).expect(202);
        call(200, "POST", "/generate/batch", "[" + Json.text(request) + "]");
        var later = post("/generate", 202, message("later").put("runAt", Instant.now().plusSeconds(3_600).toString()));
        call(200, "POST", "/jobs/" + later.get("jobId").asText() + "/cancel", "");
    }

    private void failures() {
        var retried = failed("to be retried");
        call(202, "POST", "/jobs/" + retried + "/retry", "");
        get("/jobs/" + retried + "?wait=60s");
        var redriven = failed("to be redriven");
        get("/jobs/failures");
        var both = Json.object().put("expectedCount", 2);
        post("/jobs/redrive", 202, both);
        get("/jobs/" + retried + "?wait=60s");
        get("/jobs/" + redriven + "?wait=60s");
        post("/jobs/purge", 200, both);
        failed("to stay");
    }

    private String failed(String what) {
        var request = message(what);
        request.putObject("params").put("failures", 20).put("status", 400);
        var id = post("/generate", 202, request).get("jobId").asText();
        get("/jobs/" + id + "?wait=60s");
        return id;
    }

    private ObjectNode message(String what) {
        return JobClient.request("mock", "echo", marker + " " + what);
    }

    private void queue() {
        var lane = get("/jobs/stats").at("/lanes/0/id").asText();
        put("/lanes/" + lane, Json.object().put("paused", false));
    }

    private void callbacks(CallbackReceiver receiver) {
        var job = post("/generate", 202, message("to be told").put("callbackUrl", receiver.url("/" + marker)))
                .get("jobId").asText();
        receiver.awaitCalls(1);
        var path = "/jobs/" + job + "/callback";
        while (!get(path).get("state").asText().equals("delivered")) {
            steps.removeLast();
        }
        call(202, "POST", path + "/retry", "");
        get("/callbacks/secret");
        call(200, "POST", "/callbacks/secret/rotate", "");
    }

    private JsonNode get(String path) {
        return call(200, "GET", path, "").json();
    }

    private JsonNode post(String path, int status, JsonNode body) {
        return call(status, "POST", path, Json.text(body)).json();
    }

    private void put(String path, JsonNode body) {
        call(200, "PUT", path, Json.text(body));
    }

    private Response call(int status, String method, String path, String body) {
        steps.add(new Step(product().operation(method, path.split("\\?", 2)[0]), method, path, body));
        return send(api, steps.getLast()).expect(status);
    }

    /// Makes a request of the tour for somebody else.
    public static Response send(ApiClient api, Step step) {
        return step.body().isEmpty() ? api.send(step.method(), step.path(), BodyPublishers.noBody())
                : api.with("Content-Type", "application/json").send(step.method(), step.path(),
                        BodyPublishers.ofString(step.body()));
    }
}
