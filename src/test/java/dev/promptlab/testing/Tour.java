package dev.promptlab.testing;

import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.testing.ApiClient.Response;
import dev.promptlab.testing.People.Member;
import dev.promptlab.web.Json;

import static dev.promptlab.testing.ApiContract.product;

/// Somebody who uses all of a workspace: calls every operation that needs a permission in one but its end, each with success, and
/// leaves something behind of every kind. For tests that ask what others see of it.
public final class Tour {
    /// What the workspace calls a provider with.
    public static final String PROVIDER_KEY = "sk-for-nobody-else-0123456789";

    /// One request of the tour.
    ///
    /// @param operation `GET /jobs/{id}`
    /// @param body empty when there is none
    public record Step(String operation, String method, String path, String body) {}

    private final Member owner;
    private final ApiClient api;
    private final String marker;
    private final CallbackReceiver web;
    private final List<Step> steps = new ArrayList<>();

    private Tour(Member owner, String marker, CallbackReceiver web) {
        this.owner = owner;
        this.api = owner.api();
        this.marker = marker;
        this.web = web;
    }

    /// @param owner of a workspace with nothing in it
    /// @param guest joins and leaves
    /// @param marker stands in every name and every prompt
    /// @param web receives calls about jobs, and calls to a provider that it is not; the server must be allowed to reach it
    /// @return what was done, in order
    public static List<Step> of(Member owner, Member guest, String marker, CallbackReceiver web) {
        var tour = new Tour(owner, marker, web);
        var template = tour.templates();
        tour.jobs(template);
        tour.evaluations(template);
        tour.cache(template);
        tour.failures();
        tour.callbacks();
        tour.keys();
        tour.lanes();
        tour.budgets();
        tour.people(guest);
        tour.trail();
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
        post("/render", 200, Json.object().put("userPrompt", "Hello " + marker));
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
        call(200, "GET", "/jobs/" + id + "/events", "");
        call(200, "GET", "/events?wait=0s&after=000000000000000000", "");
        get("/jobs/histogram?q=" + marker);
        figures();
        api.with("Idempotency-Key", marker).post("/generate", message("once")).expect(202);
        call(200, "POST", "/generate/batch", "[" + Json.text(request) + "]");
        var later = post("/generate", 202, message("later").put("runAt", Instant.now().plusSeconds(3_600).toString()));
        call(200, "POST", "/jobs/" + later.get("jobId").asText() + "/cancel", "");
    }

    private void figures() {
        get("/stats/summary?compare=true");
        get("/stats/series?metric=jobs&by=template");
        get("/stats/templates");
        var query = Json.object().put("name", marker);
        query.putObject("query").put("q", marker);
        var view = "/views/" + post("/views", 201, query.deepCopy().put("page", "jobs")).get("id").asText();
        get("/views");
        put(view, query);
        post("/views", 201, query.put("page", "dashboard"));
        call(204, "DELETE", view, "");
    }

    /// A suite of the template, run, compared with itself and demanded by a label.
    private void evaluations(String template) {
        var content = "description: " + marker + "\npromptlab: {template: "
                + get("/templates/" + template).get("key").asText()
                + "}\nproviders: ['mock:echo']\ntests:\n  - vars: {name: Ada}\n    assert: [{type: contains, value: Ada}]\n";
        var text = Json.object().put("content", content);
        post("/evals/lint", 200, text);
        var suiteId = post("/evals/suites", 201, text).get("id").asText();
        var suite = "/evals/suites/" + suiteId;
        get("/evals/suites");
        get(suite);
        put(suite, text);
        var request = Json.object().put("templateId", template).put("provider", "mock");
        request.putObject("variables").put("name", marker + " again");
        var job = post("/generate", 202, request).get("jobId").asText();
        get("/jobs/" + job + "?wait=60s");
        post(suite + "/cases", 200, Json.object().put("jobId", job));
        get(suite + "/versions");
        get(suite + "/versions/1");
        post(suite + "/estimate", 200, Json.object());
        var run = "/evals/runs/" + post("/evals/runs", 202, Json.object().put("suiteId", suiteId)).get("id").asText();
        runs(suite, suiteId, run);
        call(204, "DELETE", suite, "");
        call(200, "POST", suite + "/restore", "");
    }

    private void runs(String suite, String suiteId, String run) {
        var id = run.substring("/evals/runs/".length());
        get(run + "?wait=60s");
        get("/evals/runs");
        get(run + "/rows");
        get(run + "/report");
        get("/evals/compare?a=" + id + "&b=" + id);
        put(suite + "/baselines/main", Json.object().put("runId", id));
        get(suite + "/baselines");
        get(suite + "/baselines/main");
        get(suite + "/flaky");
        get(suite + "/history?caseId=" + marker);
        post(run + "/regrade", 202, Json.object());
        get(run + "?wait=60s");
        call(202, "POST", run + "/cancel", "");
        var gate = "/evals/gates/staging/" + suiteId;
        put(gate, Json.object().put("maxAge", "7d"));
        get("/evals/gates");
        call(204, "DELETE", gate, "");
        put(gate, Json.object());
        call(204, "DELETE", suite + "/baselines/main", "");
        put(suite + "/baselines/main", Json.object().put("runId", id));
        var stopped = post("/evals/runs", 202, Json.object().put("suiteId", suiteId).put("cache", false)
                .set("budget", Json.object().put("calls", 1))).get("id").asText();
        get("/evals/runs/" + stopped + "?wait=60s");
        post("/evals/runs/" + stopped + "/resume", 202, Json.object().set("budget", Json.object().put("calls", 10)));
        get("/evals/runs/" + stopped + "?wait=60s");
    }

    private void cache(String template) {
        get("/cache?days=1");
        call(200, "DELETE", "/cache?templateId=" + template, "");
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

    private void callbacks() {
        var job = post("/generate", 202, message("to be told").put("callbackUrl", web.url("/" + marker)))
                .get("jobId").asText();
        web.awaitCalls(1);
        var path = "/jobs/" + job + "/callback";
        while (!get(path).get("state").asText().equals("delivered")) {
            steps.removeLast();
        }
        call(202, "POST", path + "/retry", "");
        get("/callbacks/secret");
        call(200, "POST", "/callbacks/secret/rotate", "");
    }

    private void keys() {
        var key = "/api-keys/" + post("/api-keys", 201, Json.object().put("name", marker)).get("id").asText();
        get("/api-keys");
        get(key);
        put(key, Json.object().put("name", marker + " renamed"));
        get("/limits");
        put("/limits", Json.object().put("writes", 900_001));
        put(key.replace("/api-keys", "/limits/api-keys"), Json.object().put("reads", 900_002));
        call(204, "DELETE", key, "");
        put("/provider-keys/" + marker, Json.object().put("apiKey", PROVIDER_KEY).put("format", "openai")
                .put("baseUrl", web.url("/v1")));
        get("/provider-keys");
        get("/providers");
        call(200, "POST", "/provider-keys/" + marker + "/test", "{\"model\":\"m\"}");
    }

    /// One of the workspace's own key, which nobody else has.
    private void lanes() {
        post("/generate", 202, JobClient.request(marker, "m", marker));
        for (var lane : get("/jobs/stats").get("lanes")) {
            if (lane.get("keyScope").asText().equals(owner.workspaceId())) {
                put("/lanes/" + lane.get("id").asText(), Json.object().put("paused", true));
            }
        }
        call(204, "DELETE", "/provider-keys/" + marker, "");
    }

    private void budgets() {
        var budget = "/budgets/" + post("/budgets", 201, Json.object().put("period", "day").put("limitUSD", 7))
                .get("id").asText();
        put(budget, Json.object().put("limitUSD", 8).put("limitTokens", 1_000_000));
        post("/generate", 202, message("within a budget"));
        get("/budgets");
        call(200, "POST", budget + "/release", "");
        call(204, "DELETE", budget, "");
        post("/budgets", 201, Json.object().put("period", "total").put("limitTokens", 1_000_000));
    }

    private void people(Member guest) {
        var workspace = "/workspaces/" + owner.workspaceId();
        get(workspace);
        put(workspace, Json.object().put("name", marker));
        var invitation = post(workspace + "/invitations", 201,
                Json.object().put("email", guest.email()).put("role", "member"));
        guest.api().post("/invitations/accept", Json.object().put("token", invitation.get("token").asText()))
                .expect(200);
        get(workspace + "/members");
        var member = workspace + "/members/" + guest.userId();
        put(member, Json.object().put("role", "admin"));
        call(200, "POST", workspace + "/transfer", Json.text(Json.object().put("userId", guest.userId())));
        guest.in(owner.workspaceId()).post(workspace + "/transfer", Json.object().put("userId", owner.userId()))
                .expect(200);
        call(204, "DELETE", member, "");
        var unused = post(workspace + "/invitations", 201,
                Json.object().put("email", marker + "@example.com").put("role", "viewer"));
        get(workspace + "/invitations");
        call(204, "DELETE", workspace + "/invitations/" + unused.get("id").asText(), "");
    }

    private void trail() {
        call(200, "GET", "/workspaces/" + owner.workspaceId() + "/export", "");
        get("/audit");
        call(200, "GET", "/audit/export", "");
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
