package dev.promptlab.job;

import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.db.Database;
import dev.promptlab.db.Wakeup;
import dev.promptlab.provider.Providers;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Fields;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.Route;
import dev.promptlab.workspace.access.Audit;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import io.javalin.http.Context;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The queue as a whole: how it stands, and its lanes' caps and pauses.
final class QueueRoutes {
    private static final int MAX_RUNNING = 10_000;

    private final Database db;
    private final Wakeup queued;

    /// @param queued rung when a lane may go on
    QueueRoutes(Database db, Wakeup queued) {
        this.db = db;
        this.queued = queued;
    }

    List<Route> routes() {
        return List.of(Route.get("/jobs/stats", Permission.JOBS_READ, this::stats),
                Route.put("/lanes/{id}", Permission.JOBS_ADMIN, this::setLane));
    }

    private void stats(Context ctx) {
        var workspace = Caller.of(ctx).workspaceId();
        var lanes = db.autocommit(workspace, handle -> StatsStore.lanes(handle, workspace));
        var lastHour = db.autocommit(workspace, handle -> StatsStore.lastHour(handle, workspace));
        var json = Json.object().put("queued", sum(lanes, lane -> lane.queued() + lane.delayed()))
                .put("running", sum(lanes, StatsStore.LaneState::running));
        json.putObject("lastHour").put("completed", lastHour.completed()).put("failed", lastHour.failed())
                .put("cancelled", lastHour.cancelled()).put("lateAnswers", lastHour.lateAnswers());
        var array = json.putArray("lanes");
        lanes.forEach(lane -> array.add(json(lane)));
        Http.answer(ctx, 200, json);
    }

    private static long sum(List<StatsStore.LaneState> lanes, ToLongFunction<StatsStore.LaneState> figure) {
        return lanes.stream().mapToLong(figure).sum();
    }

    private static ObjectNode json(StatsStore.LaneState lane) {
        var oldest = lane.oldestQueuedAt();
        var blocked = lane.blockedUntil();
        return Json.object().put("id", lane.id()).put("provider", lane.provider()).put("endpoint", lane.endpoint())
                .put("keyScope", lane.keyScope()).put("model", lane.model()).put("paused", lane.paused())
                .put("maxRunning", lane.maxRunning()).put("queued", lane.queued()).put("delayed", lane.delayed())
                .put("running", lane.running()).put("oldestQueuedAt", oldest == null ? null : Json.time(oldest))
                .put("window", lane.window()).put("pacePerMinute", rounded(lane.pacePerMinute()))
                .put("blockedUntil", blocked == null ? null : Json.time(blocked))
                .put("blockedReason", lane.blockedReason());
    }

    private static @Nullable Double rounded(@Nullable Double figure) {
        return figure == null ? null : Double.valueOf(Math.round(figure * 10) / 10.0);
    }

    /// The lanes of the server's keys carry the jobs of many workspaces: only the default one may set them.
    private static void requireOwn(Handle tx, Caller caller, String id) {
        var keyScope = Optional.of(id).filter(text -> text.matches("\\d{1,9}"))
                .flatMap(text -> LaneStore.findKeyScope(tx, Integer.parseInt(text), caller.workspaceId()))
                .orElseThrow(() -> new Failure.NotFound(
                        "there is no lane \"" + id + "\"; GET /jobs/stats lists them"));
        if (keyScope.equals(Providers.SERVER_KEY) && !caller.workspaceId().equals(Caller.DEFAULT_WORKSPACE)) {
            throw new Failure.Forbidden(
                    "lane " + id + " is one of the server's keys, which all workspaces share; an admin"
                            + " of the default workspace may set it, and you those of your workspace's own keys");
        }
    }

    private void setLane(Context ctx) {
        var caller = Caller.of(ctx);
        var in = Fields.of(Http.body(ctx));
        boolean paused = in.flag("paused");
        var maxRunning = in.integer("maxRunning", 1, MAX_RUNNING);
        in.check();
        var text = ctx.pathParam("id");
        db.inTransaction(caller.workspaceId(), tx -> {
            requireOwn(tx, caller, text);
            LaneStore.update(tx, Integer.parseInt(text), paused, maxRunning);
            Audit.record(tx, caller, "lane.set", text,
                    Json.object().put("paused", paused).put("maxRunning", maxRunning));
        });
        queued.raise();
        var lane = db.autocommit(caller.workspaceId(), handle -> StatsStore.lanes(handle, caller.workspaceId()))
                .stream()
                .filter(one -> one.id() == Integer.parseInt(text)).findFirst().orElseThrow();
        Http.answer(ctx, 200, json(lane));
    }
}
