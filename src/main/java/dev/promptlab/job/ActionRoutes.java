package dev.promptlab.job;

import java.util.List;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.promptlab.web.Fields;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.Route;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import io.javalin.http.Context;

/// What people do to jobs after their submit, and the groups of failed ones.
final class ActionRoutes {
    private static final int MAX_COUNT = 1_000_000;
    private static final double MIN_RATE = 0.01;
    private static final double MAX_RATE = 10_000;

    private final JobActions actions;

    ActionRoutes(JobActions actions) {
        this.actions = actions;
    }

    List<Route> routes() {
        return List.of(Route.post("/jobs/{id}/cancel", Permission.JOBS_WRITE, this::cancel),
                Route.post("/jobs/{id}/retry", Permission.JOBS_WRITE, this::retry),
                Route.get("/jobs/failures", Permission.JOBS_READ, this::failures),
                Route.post("/jobs/redrive", Permission.JOBS_ADMIN, this::redrive),
                Route.post("/jobs/purge", Permission.JOBS_ADMIN, this::purge));
    }

    private void cancel(Context ctx) {
        var id = Http.id(ctx, "job");
        var cancellation = actions.cancel(Caller.of(ctx), id);
        Http.answer(ctx, cancellation.requested() ? 202 : 200, Json.object().put("jobId", id.toString())
                .put("status", cancellation.status().code()).put("cancelRequested", cancellation.requested()));
    }

    private void retry(Context ctx) {
        var id = Http.id(ctx, "job");
        actions.retry(Caller.of(ctx), id);
        ctx.header("Location", "/jobs/" + id);
        Http.answer(ctx, 202, Json.object().put("jobId", id.toString()).put("status", JobStatus.QUEUED.code()));
    }

    private void failures(Context ctx) {
        var in = Fields.ofQuery(ctx);
        var filter = DeadLetterFilter.read(in);
        in.check();
        ArrayNode groups = Json.array();
        for (var group : actions.failures(Caller.of(ctx), filter)) {
            groups.addObject().put("errorCode", group.errorCode()).put("provider", group.provider())
                    .put("model", group.model()).put("count", group.count()).put("firstAt", Json.time(group.firstAt()))
                    .put("lastAt", Json.time(group.lastAt())).put("lastJobId", group.lastJobId().toString())
                    .put("lastError", group.lastError());
        }
        Http.answer(ctx, 200, groups);
    }

    private void redrive(Context ctx) {
        var in = Fields.of(Http.body(ctx));
        var filter = filter(in);
        int expected = expectedCount(in);
        var rate = in.decimal("perSecond");
        if (rate != null && (rate.doubleValue() < MIN_RATE || rate.doubleValue() > MAX_RATE)) {
            in.reject("perSecond", "must be from 0.01 to 10000");
        }
        in.check();
        var redrive = actions.redrive(Caller.of(ctx), filter, expected,
                rate == null ? null : Double.valueOf(rate.doubleValue()));
        Http.answer(ctx, 202, Json.object().put("redriven", redrive.redriven()).put("skipped", redrive.skipped()));
    }

    private void purge(Context ctx) {
        var in = Fields.of(Http.body(ctx));
        var filter = filter(in);
        int expected = expectedCount(in);
        in.check();
        Http.answer(ctx, 200, Json.object().put("purged", actions.purge(Caller.of(ctx), filter, expected)));
    }

    private static DeadLetterFilter filter(Fields in) {
        var filter = in.object("filter", DeadLetterFilter::read);
        return filter == null ? DeadLetterFilter.ALL : filter;
    }

    private static int expectedCount(Fields in) {
        var count = in.integer("expectedCount", 0, MAX_COUNT);
        if (count == null) {
            if (!in.has("expectedCount")) {
                in.reject("expectedCount", "is required: how many failed jobs you have seen; see GET /jobs/failures");
            }
            return 0;
        }
        return count;
    }
}
