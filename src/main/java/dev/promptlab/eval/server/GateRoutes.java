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
import dev.promptlab.web.Uuids;
import dev.promptlab.workspace.access.Audit;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import io.javalin.http.Context;

/// The API under `/evals/gates`.
final class GateRoutes {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]+([._-][a-z0-9]+)*");
    private static final int MAX_LABEL = 60;

    private final Database db;

    GateRoutes(Database db) {
        this.db = db;
    }

    List<Route> routes() {
        return List.of(Route.get("/evals/gates", Permission.JOBS_READ, this::list),
                Route.put("/evals/gates/{label}/{suiteId}", Permission.JOBS_ADMIN, this::put),
                Route.delete("/evals/gates/{label}/{suiteId}", Permission.JOBS_ADMIN, this::delete));
    }

    private void list(Context ctx) {
        var workspace = Caller.of(ctx).workspaceId();
        var array = Json.array();
        db.autocommit(workspace, handle -> GateStore.list(handle, workspace, null, null)).forEach(array::add);
        Http.answer(ctx, 200, array);
    }

    private void put(Context ctx) {
        var caller = Caller.of(ctx);
        var suiteId = suiteId(ctx);
        var label = ctx.pathParam("label");
        var in = Fields.of(Http.body(ctx));
        var maxAge = in.duration("maxAge");
        if (maxAge != null && maxAge.isZero()) {
            in.reject("maxAge", "must be longer than 0");
        }
        if (label.length() > MAX_LABEL || !LABEL.matcher(label).matches()) {
            in.reject("label", "must be lower-case letters and digits with . _ - between them, at most 60");
        }
        in.check();
        var gate = db.transaction(caller.workspaceId(), tx -> {
            var suite = Suites.require(tx, caller.workspaceId(), suiteId);
            if (suite.template() == null) {
                throw new Failure.Conflict("the suite \"" + suite.key()
                        + "\" tests no template, so no label can demand it; name one under promptlab.template");
            }
            GateStore.put(tx, caller.workspaceId(), suiteId, label, maxAge, caller.name());
            Audit.record(tx, caller, "gate.set", suiteId.toString(), Json.object().put("label", label));
            return GateStore.list(tx, caller.workspaceId(), suiteId, label).getFirst();
        });
        Http.answer(ctx, 200, gate);
    }

    private static UUID suiteId(Context ctx) {
        var text = ctx.pathParam("suiteId");
        return Uuids.parse(text).orElseThrow(() -> Http.notFound("suite", text));
    }

    private void delete(Context ctx) {
        var caller = Caller.of(ctx);
        var suiteId = suiteId(ctx);
        var label = ctx.pathParam("label");
        db.inTransaction(caller.workspaceId(), tx -> {
            if (!GateStore.delete(tx, caller.workspaceId(), suiteId, label)) {
                throw Http.notFound("gate", label + "/" + suiteId);
            }
            Audit.record(tx, caller, "gate.delete", suiteId.toString(), Json.object().put("label", label));
        });
        ctx.status(204);
    }
}
