package dev.promptlab.eval.server;

import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

import dev.promptlab.eval.report.Reports;
import dev.promptlab.eval.report.Terminal;
import dev.promptlab.web.Fields;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.Route;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;

/// The API under `/evals/runs`, with estimates and comparisons.
final class RunRoutes {
    private static final List<String> STATUSES = List.of("queued", "running", "completed", "failed", "cancelled");
    private static final List<String> VERDICTS = List.of("pass", "regressed", "inconclusive", "errors");
    private static final String TEXT = "text";
    private static final int MAX_WIDTH = 1_000;
    private static final int USUAL_WIDTH = 100;
    private static final int NARROWEST = 40;
    private static final List<String> FORMATS = List.of("json", "jsonl", "html", "md", "junit", "csv", TEXT);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

    private final Runs runs;
    private final RunReports reports;

    RunRoutes(Runs runs, RunReports reports) {
        this.runs = runs;
        this.reports = reports;
    }

    List<Route> routes() {
        return List.of(Route.post("/evals/suites/{id}/estimate", Permission.JOBS_READ, this::estimate),
                Route.post("/evals/runs", Permission.JOBS_WRITE, this::start),
                Route.get("/evals/runs", Permission.JOBS_READ, this::list),
                Route.get("/evals/runs/{id}", Permission.JOBS_READ, this::get),
                Route.get("/evals/runs/{id}/rows", Permission.JOBS_READ, this::rows),
                Route.get("/evals/runs/{id}/report", Permission.JOBS_READ, this::report),
                Route.post("/evals/runs/{id}/cancel", Permission.JOBS_WRITE, this::cancel),
                Route.post("/evals/runs/{id}/resume", Permission.JOBS_WRITE, this::resume),
                Route.post("/evals/runs/{id}/regrade", Permission.JOBS_WRITE, this::regrade),
                Route.get("/evals/compare", Permission.JOBS_READ, this::compare));
    }

    private void estimate(Context ctx) throws InterruptedException {
        var in = Fields.of(Http.body(ctx));
        var request = RunRequest.read(in);
        var id = Http.id(ctx, "suite");
        in.check();
        var estimate = runs.estimate(Caller.of(ctx), id, request);
        Http.answer(ctx, 200, Json.object().put("cells", estimate.cells()).put("calls", estimate.calls())
                .put("cacheHits", estimate.cacheHits()).put("inputTokens", estimate.inputTokens())
                .put("leastUSD", estimate.leastUsd()).put("mostUSD", estimate.mostUsd()));
    }

    private void start(Context ctx) throws InterruptedException {
        var in = Fields.of(Http.body(ctx));
        var suiteId = required(in, "suiteId");
        var request = RunRequest.read(in);
        in.check();
        answer(ctx, 202, runs.start(Caller.of(ctx), suiteId, request));
    }

    private static UUID required(Fields in, String name) {
        UUID id = in.uuid(name);
        if (!in.has(name)) {
            in.reject(name, "is required");
        }
        return id == null ? new UUID(0, 0) : id;
    }

    private static void answer(Context ctx, int status, EvalRunRow run) {
        if (ctx.path().equals("/evals/runs")) {
            ctx.header("Location", "/evals/runs/" + run.id());
        }
        Http.answer(ctx, status, run.toJson());
    }

    private void list(Context ctx) {
        var in = Fields.ofQuery(ctx);
        var limit = SuiteRoutes.limit(in);
        var filter = new RunStore.Filter(in.uuid("suiteId"), in.oneOf("status", STATUSES),
                in.oneOf("verdict", VERDICTS), in.uuid("templateId"), in.uuid("cursor"), limit + 1);
        in.check();
        var found = runs.list(Caller.of(ctx).workspaceId(), filter);
        var array = Json.array();
        found.stream().limit(limit).forEach(each -> array.add(each.toJson()));
        Http.linkNext(ctx, found.size() > limit ? found.get(limit - 1).id() : null);
        Http.answer(ctx, 200, array);
    }

    private void get(Context ctx) throws InterruptedException {
        var in = Fields.ofQuery(ctx);
        var wait = Objects.requireNonNullElse(in.duration("wait"), Duration.ZERO);
        var id = Http.id(ctx, "run");
        in.check();
        var workspace = Caller.of(ctx).workspaceId();
        var run = runs.require(workspace, id);
        var end = System.nanoTime() + (wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT).toNanos();
        while (!run.hasEnded() && System.nanoTime() < end) {
            Thread.sleep(LOOK_AGAIN);
            Http.admitAgain(ctx);
            run = runs.require(workspace, id);
        }
        Http.answer(ctx, 200, run.toFullJson());
    }

    private void rows(Context ctx) {
        var in = Fields.ofQuery(ctx);
        var limit = SuiteRoutes.limit(in);
        var mode = Objects.requireNonNullElse(in.oneOf("mode", CellStore.Mode.BY_CODE), CellStore.Mode.ALL);
        var q = in.text("q", 200);
        var from = Objects.requireNonNullElse(in.integer("cursor", 1, Integer.MAX_VALUE), 0);
        in.check();
        var found = runs.rows(Caller.of(ctx).workspaceId(), Http.id(ctx, "run"), mode, q, from, limit + 1);
        var array = Json.array();
        found.stream().limit(limit).forEach(array::add);
        Http.linkNext(ctx, found.size() > limit ? (Integer) found.get(limit).path("cell").asInt() : null);
        Http.answer(ctx, 200, array);
    }

    private void report(Context ctx) throws IOException, InterruptedException {
        var in = Fields.ofQuery(ctx);
        var word = Objects.requireNonNullElse(in.oneOf("format", FORMATS), "json");
        var width = Objects.requireNonNullElse(in.integer("width", NARROWEST, MAX_WIDTH), USUAL_WIDTH);
        var colours = in.flag("colours");
        in.check();
        var run = runs.require(Caller.of(ctx).workspaceId(), Http.id(ctx, "run"));
        if (word.equals(TEXT)) {
            print(ctx, run, width, colours);
            return;
        }
        var form = Reports.named(word).orElse(Reports.JSON);
        var bytes = new ByteArrayOutputStream();
        try (var out = new BufferedWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8))) {
            reports.write(run, form, out);
        }
        ctx.header("Content-Disposition", "attachment; filename=\"" + run.suite().path("key").asText() + "-"
                + run.id() + form.ending() + "\"");
        ctx.status(200).contentType(RunReports.contentType(form)).result(bytes.toByteArray());
    }

    private void print(Context ctx, EvalRunRow run, int width, boolean colours)
            throws IOException, InterruptedException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
            reports.print(run, new Terminal(out, false, colours, width));
        }
        ctx.status(200).contentType("text/plain; charset=utf-8").result(bytes.toByteArray());
    }

    private void cancel(Context ctx) {
        answer(ctx, 202, runs.cancel(Caller.of(ctx), Http.id(ctx, "run")));
    }

    private void resume(Context ctx) {
        var in = Fields.of(Http.body(ctx));
        var budget = RunRequest.Budget.read(in);
        var id = Http.id(ctx, "run");
        in.check();
        answer(ctx, 202, runs.resume(Caller.of(ctx), id, budget));
    }

    private void regrade(Context ctx) throws InterruptedException {
        var in = Fields.of(Http.body(ctx));
        @Nullable
        Integer version = in.integer("version", 1, Integer.MAX_VALUE);
        var id = Http.id(ctx, "run");
        in.check();
        answer(ctx, 202, runs.regrade(Caller.of(ctx), id, version));
    }

    private void compare(Context ctx) {
        var in = Fields.ofQuery(ctx);
        var a = required(in, "a");
        var b = required(in, "b");
        in.check();
        var workspace = Caller.of(ctx).workspaceId();
        var report = runs.compare(workspace, a, b);
        var json = Json.object().put("a", a.toString()).put("b", b.toString());
        json.set("gate", Reports.summary(report).get("gate"));
        var cases = json.putArray("cases");
        runs.differences(workspace, a, b).forEach(each -> cases.addObject().put("key", each.key())
                .put("title", each.title()).put("change", each.after() < each.before() ? "regressed" : "improved")
                .put("a", each.before()).put("b", each.after()));
        Http.answer(ctx, 200, json);
    }
}
