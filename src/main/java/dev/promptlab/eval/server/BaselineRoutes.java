package dev.promptlab.eval.server;

import java.util.List;
import java.util.UUID;

import com.google.re2j.Pattern;
import dev.promptlab.db.Database;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Fields;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.Route;
import dev.promptlab.workspace.access.Audit;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import io.javalin.http.Context;

/// Baselines of a suite, and its cases over runs.
final class BaselineRoutes {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,59}");

    private final Database db;

    BaselineRoutes(Database db) {
        this.db = db;
    }

    List<Route> routes() {
        return List.of(Route.get("/evals/suites/{id}/baselines", Permission.JOBS_READ, this::list),
                Route.get("/evals/suites/{id}/baselines/{name}", Permission.JOBS_READ, this::get),
                Route.put("/evals/suites/{id}/baselines/{name}", Permission.JOBS_WRITE, this::put),
                Route.delete("/evals/suites/{id}/baselines/{name}", Permission.JOBS_WRITE, this::delete),
                Route.get("/evals/suites/{id}/flaky", Permission.JOBS_READ, this::flaky),
                Route.get("/evals/suites/{id}/history", Permission.JOBS_READ, this::history));
    }

    private void list(Context ctx) {
        var workspace = Caller.of(ctx).workspaceId();
        var id = Http.id(ctx, "suite");
        var array = Json.array();
        db.transaction(workspace, tx -> {
            Suites.require(tx, workspace, id);
            return BaselineStore.list(tx, workspace, id);
        }).forEach(each -> array.add(each.toJson()));
        Http.answer(ctx, 200, array);
    }

    private void get(Context ctx) {
        var workspace = Caller.of(ctx).workspaceId();
        var id = Http.id(ctx, "suite");
        var name = ctx.pathParam("name");
        var found = db.autocommit(workspace, handle -> BaselineStore.find(handle, workspace, id, name))
                .orElseThrow(() -> Http.notFound("baseline of this suite", name));
        Http.answer(ctx, 200, found.toJson());
    }

    private void put(Context ctx) {
        var caller = Caller.of(ctx);
        var suiteId = Http.id(ctx, "suite");
        var name = ctx.pathParam("name");
        var in = Fields.of(Http.body(ctx));
        UUID runId = in.uuid("runId");
        if (!in.has("runId")) {
            in.reject("runId", "is required");
        }
        if (!NAME.matcher(name).matches()) {
            in.reject("name", "must be lower-case letters and digits with . _ - between them, at most 60");
        }
        in.check();
        var run = runId == null ? new UUID(0, 0) : runId;
        Baseline baseline = db.transaction(caller.workspaceId(), tx -> {
            Suites.require(tx, caller.workspaceId(), suiteId);
            var found = Runs.require(tx, caller.workspaceId(), run);
            if (!found.status().equals("completed") || !found.suiteId().equals(suiteId)) {
                throw new Failure.Conflict("run " + run + " is " + (found.suiteId().equals(suiteId) ? found.status()
                        : "of another suite") + "; a baseline is a completed run of its suite");
            }
            BaselineStore.put(tx, caller.workspaceId(), suiteId, name, run, caller.name());
            Audit.record(tx, caller, "baseline.set", suiteId.toString(),
                    Json.object().put("name", name).put("runId", run.toString()));
            return BaselineStore.find(tx, caller.workspaceId(), suiteId, name).orElseThrow();
        });
        Http.answer(ctx, 200, baseline.toJson());
    }

    private void delete(Context ctx) {
        var caller = Caller.of(ctx);
        var suiteId = Http.id(ctx, "suite");
        var name = ctx.pathParam("name");
        db.inTransaction(caller.workspaceId(), tx -> {
            if (!BaselineStore.delete(tx, caller.workspaceId(), suiteId, name)) {
                throw Http.notFound("baseline of this suite", name);
            }
            Audit.record(tx, caller, "baseline.delete", suiteId.toString(), Json.object().put("name", name));
        });
        ctx.status(204);
    }

    private void flaky(Context ctx) {
        var workspace = Caller.of(ctx).workspaceId();
        var id = Http.id(ctx, "suite");
        var array = Json.array();
        db.transaction(workspace, tx -> {
            Suites.require(tx, workspace, id);
            return CellStore.flaky(tx, workspace, id);
        }).forEach(array::add);
        Http.answer(ctx, 200, array);
    }

    private void history(Context ctx) {
        var workspace = Caller.of(ctx).workspaceId();
        var in = Fields.ofQuery(ctx);
        var caseId = in.requiredText("caseId", 1_000);
        var limit = SuiteRoutes.limit(in);
        var id = Http.id(ctx, "suite");
        in.check();
        var array = Json.array();
        db.transaction(workspace, tx -> {
            Suites.require(tx, workspace, id);
            return CellStore.history(tx, workspace, id, caseId, limit);
        }).forEach(array::add);
        Http.answer(ctx, 200, array);
    }
}
