package dev.promptlab.limit.rate;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.config.Durations;
import dev.promptlab.config.Rate;
import dev.promptlab.config.Settings;
import dev.promptlab.db.Database;
import dev.promptlab.limit.rate.Ask.RouteClass;
import dev.promptlab.limit.rate.RateLimits.Subject;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Fields;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.Route;
import dev.promptlab.workspace.access.Audit;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;

/// The API under `/limits`.
public final class LimitRoutes {
    private final Database db;
    private final Settings.Limits server;
    private final @Nullable RateLimits limits;

    /// @param limits null when this server does not limit anybody
    public LimitRoutes(Database db, Settings.Limits server, @Nullable RateLimits limits) {
        this.db = db;
        this.server = server;
        this.limits = limits;
    }

    public List<Route> routes() {
        return List.of(Route.get("/limits", Permission.WORKSPACE_READ, this::get),
                Route.put("/limits", Permission.WORKSPACE_ADMIN, ctx -> put(ctx, null)),
                Route.put("/limits/api-keys/{id}", Permission.WORKSPACE_ADMIN,
                        ctx -> put(ctx, Http.id(ctx, "API key"))));
    }

    private void get(Context ctx) {
        var caller = Caller.of(ctx);
        Http.answer(ctx, 200, toJson(RateLimits.subject(ctx), find(caller.workspaceId())));
    }

    private OwnLimits find(UUID workspaceId) {
        return db.autocommit(workspaceId, handle -> LimitStore.find(handle, workspaceId));
    }

    private void put(Context ctx, @Nullable UUID apiKeyId) {
        if (limits == null) {
            throw new Failure.Conflict("this server limits nobody: PROMPTLAB_RATE_LIMIT and PROMPTLAB_RATE_LIMIT_READS"
                    + " are off, as they are without login unless they are set");
        }
        var caller = Caller.of(ctx);
        var wanted = wanted(Fields.of(Http.body(ctx)), find(caller.workspaceId()));
        db.inTransaction(caller.workspaceId(), tx -> {
            if (apiKeyId != null && !LimitStore.hasKey(tx, caller.workspaceId(), apiKeyId)) {
                throw Http.notFound("API key", apiKeyId);
            }
            wanted.forEach((routes, requests) -> requests.ifPresentOrElse(
                    number -> LimitStore.set(tx, caller.workspaceId(), apiKeyId, routes, number),
                    () -> LimitStore.unset(tx, caller.workspaceId(), apiKeyId, routes)));
            Audit.record(tx, caller, apiKeyId == null ? "limits.set" : "limits.set_key",
                    String.valueOf(apiKeyId == null ? caller.workspaceId() : apiKeyId), details(wanted));
        });
        limits.forget(caller.workspaceId());
        get(ctx);
    }

    private Map<RouteClass, Optional<Integer>> wanted(Fields in, OwnLimits own) {
        var wanted = new EnumMap<RouteClass, Optional<Integer>>(RouteClass.class);
        for (var routes : RouteClass.values()) {
            var requests = in.integer(routes.code(), 1, Rate.MAX_REQUESTS);
            var ceiling = own.ceiling(routes, server);
            if (requests != null && ceiling.isPresent() && requests > ceiling.get().requests()) {
                in.reject(routes.code(), "must be at most " + ceiling.get().requests() + ", since this server allows "
                        + ceiling.get() + "; its operator can raise that with promptlab admin set-limit");
            }
            wanted.put(routes, Optional.ofNullable(requests));
        }
        in.check();
        return wanted;
    }

    private static ObjectNode details(Map<RouteClass, Optional<Integer>> wanted) {
        var details = Json.object();
        wanted.forEach((routes, requests) -> details.put(routes.code(), requests.orElse(null)));
        return details;
    }

    private ObjectNode toJson(Subject subject, OwnLimits own) {
        var json = Json.object().put("subject", subject.kind());
        for (var routes : RouteClass.values()) {
            json.set(routes.code(), toJson(subject, own, routes));
        }
        var keys = json.putArray("apiKeys");
        own.keys().entrySet().stream().sorted(Map.Entry.comparingByKey())
                .forEach(key -> keys.add(toJson(key.getKey(), key.getValue())));
        return json;
    }

    private ObjectNode toJson(Subject subject, OwnLimits own, RouteClass routes) {
        var rate = limits == null ? Optional.<Rate>empty() : own.effective(routes, subject.apiKeyId(), server);
        var json = Json.object().put("ceiling", own.ceiling(routes, server).map(Rate::toString).orElse(null))
                .put("workspace", own.workspace().get(routes))
                .put("requests", rate.map(Rate::requests).orElse(null))
                .put("window", rate.map(Rate::window).map(Durations::format).orElse(null));
        json.putNull("remaining").putNull("resetAt");
        if (limits != null && rate.isPresent()) {
            var verdict = limits.look(subject, routes, rate.get());
            json.put("remaining", verdict.remaining()).put("resetAt", Json.time(limits.in(verdict.reset())));
        }
        return json;
    }

    private static ObjectNode toJson(UUID id, Map<RouteClass, Integer> requests) {
        var json = Json.object().put("id", id.toString());
        for (var routes : RouteClass.values()) {
            json.put(routes.code(), requests.get(routes));
        }
        return json;
    }
}
