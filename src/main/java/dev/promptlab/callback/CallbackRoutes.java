package dev.promptlab.callback;

import java.util.List;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.db.Database;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.Route;
import dev.promptlab.workspace.access.Audit;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import io.javalin.http.Context;
import org.jdbi.v3.core.Handle;

/// How callbacks stand, a new round of calls, and what they are signed with.
public final class CallbackRoutes {
    private final Database db;
    private final SigningSecrets secrets;
    private final Runnable somethingIsDue;

    /// @param somethingIsDue rings the [Deliverer] of this process, if it has one
    public CallbackRoutes(Database db, SigningSecrets secrets, Runnable somethingIsDue) {
        this.db = db;
        this.secrets = secrets;
        this.somethingIsDue = somethingIsDue;
    }

    public List<Route> routes() {
        return List.of(Route.get("/jobs/{id}/callback", Permission.JOBS_READ, this::get),
                Route.post("/jobs/{id}/callback/retry", Permission.JOBS_WRITE, this::retry),
                Route.get("/callbacks/secret", Permission.JOBS_ADMIN, this::secret),
                Route.post("/callbacks/secret/rotate", Permission.JOBS_ADMIN, this::rotate));
    }

    private void get(Context ctx) {
        var caller = Caller.of(ctx);
        var id = Http.id(ctx, "job");
        Http.answer(ctx, 200, db.autocommit(caller.workspaceId(), handle -> require(handle, caller, id)).toJson());
    }

    private void retry(Context ctx) {
        var caller = Caller.of(ctx);
        var id = Http.id(ctx, "job");
        var callback = db.transaction(caller.workspaceId(), tx -> {
            if (!CallbackStore.beginRound(tx, caller.workspaceId(), id)) {
                throw whyNot(require(tx, caller, id), id);
            }
            Audit.record(tx, caller, "callback.retry", id.toString(), Json.object());
            return require(tx, caller, id);
        });
        somethingIsDue.run();
        Http.answer(ctx, 202, callback.toJson());
    }

    private static Failure.Conflict whyNot(Callback callback, UUID jobId) {
        return new Failure.Conflict(callback.state() == Callback.State.WAITING
                ? "job " + jobId + " has not ended yet; its callback follows its end"
                : "the callback of job " + jobId + " is being called right now; look again in a few seconds");
    }

    private static Callback require(Handle handle, Caller caller, UUID jobId) {
        return CallbackStore.find(handle, caller.workspaceId(), jobId).orElseThrow(
                () -> new Failure.NotFound("there is no job \"" + jobId + "\" with a callback in this workspace"));
    }

    private void secret(Context ctx) {
        answer(ctx, secrets.show(Caller.of(ctx).workspaceId()));
    }

    private void rotate(Context ctx) {
        answer(ctx, secrets.rotate(Caller.of(ctx)));
    }

    private static void answer(Context ctx, SigningSecrets.Shown shown) {
        ctx.header("Cache-Control", "no-store");
        ObjectNode json = Json.object().put("secret", shown.secret().value())
                .put("createdAt", Json.time(shown.createdAt()));
        json.put("previousUntil", shown.previousUntil() == null ? null : Json.time(shown.previousUntil()));
        Http.answer(ctx, 200, json);
    }
}
