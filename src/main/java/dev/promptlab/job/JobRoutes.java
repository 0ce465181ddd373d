package dev.promptlab.job;

import java.time.Duration;
import java.util.List;

import dev.promptlab.egress.OutgoingUrls;
import dev.promptlab.web.Fields;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.Route;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import io.javalin.http.Context;

/// `/generate` and `/jobs`.
final class JobRoutes {
    private static final int USUAL_BUCKETS = 60;
    private static final int MAX_BUCKETS = 200;
    /// Says that a budget is nearly gone.
    static final String BUDGET_WARNING = "X-Budget-Warning";
    private static final Duration MAX_WAIT = Duration.ofSeconds(60);

    private final Jobs jobs;
    private final OutgoingUrls urls;

    JobRoutes(Jobs jobs, OutgoingUrls urls) {
        this.jobs = jobs;
        this.urls = urls;
    }

    List<Route> routes() {
        return List.of(Route.post("/generate", Permission.JOBS_WRITE, this::generate),
                Route.get("/jobs", Permission.JOBS_READ, this::list),
                Route.get("/jobs/histogram", Permission.JOBS_READ, this::histogram),
                Route.get("/jobs/{id}", Permission.JOBS_READ, this::get));
    }

    private void generate(Context ctx) throws InterruptedException {
        var caller = Caller.of(ctx);
        var request = GenerateRequest.parse(Http.body(ctx), urls);
        var key = IdempotencyKey.of(ctx, caller.workspaceId(), "POST /generate");
        var answer = key.isPresent() ? jobs.submitOnce(caller, request, key.get())
                : Jobs.Answer.of(jobs.submit(caller, request));
        ctx.header("Location", "/jobs/" + answer.json().get("jobId").textValue());
        if (answer.submission().isEmpty()) {
            ctx.header("Idempotency-Replayed", "true");
        }
        answer.submission().map(Submission::budgetWarning).ifPresent(warning -> ctx.header(BUDGET_WARNING, warning));
        Http.answer(ctx, answer.status(), answer.json());
    }

    private void get(Context ctx) throws InterruptedException {
        var in = Fields.ofQuery(ctx);
        var wait = in.duration("wait");
        if (wait != null && wait.compareTo(MAX_WAIT) > 0) {
            in.reject("wait", "must be at most " + MAX_WAIT.toSeconds() + "s; ask again for more");
        }
        in.check();
        Http.answer(ctx, 200, jobs.json(Caller.of(ctx), Http.id(ctx, "job"), wait == null ? Duration.ZERO : wait,
                () -> Http.admitAgain(ctx)));
    }

    private void histogram(Context ctx) {
        var in = Fields.ofQuery(ctx);
        var buckets = in.integer("buckets", 1, MAX_BUCKETS);
        var filter = JobFilter.of(in);
        if (in.has("cursor") || in.has("limit")) {
            in.reject(in.has("cursor") ? "cursor" : "limit", "a histogram has no pages");
        }
        in.check();
        Http.answer(ctx, 200, JobHistogram.json(jobs.count(Caller.of(ctx), filter,
                buckets == null ? USUAL_BUCKETS : buckets, JobHistogram.limit(filter)),
                buckets == null ? USUAL_BUCKETS : buckets, JobHistogram.limit(filter)));
    }

    private void list(Context ctx) {
        var filter = JobFilter.of(ctx);
        var page = jobs.list(Caller.of(ctx), filter);
        Http.linkNext(ctx, page.next());
        var array = Json.array();
        page.jobs().forEach(job -> array.add(job.toJson()));
        Http.answer(ctx, 200, array);
    }
}
