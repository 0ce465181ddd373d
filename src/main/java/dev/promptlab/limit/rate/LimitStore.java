package dev.promptlab.limit.rate;

import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import dev.promptlab.config.Rate;
import dev.promptlab.limit.rate.Ask.RouteClass;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Rows of `rate_limit` and `rate_limit_ceiling`.
final class LimitStore {
    private LimitStore() {}

    static OwnLimits find(Handle handle, UUID workspaceId) {
        var ceilings = new EnumMap<RouteClass, Optional<Rate>>(RouteClass.class);
        var workspace = new EnumMap<RouteClass, Integer>(RouteClass.class);
        var keys = new HashMap<UUID, Map<RouteClass, Integer>>();
        rows(handle, workspaceId).forEach(row -> {
            if (row.ceiling()) {
                ceilings.put(row.routes(), row.rate());
            } else if (row.apiKeyId() == null) {
                workspace.put(row.routes(), row.requests());
            } else {
                keys.computeIfAbsent(row.apiKeyId(), _ -> new EnumMap<>(RouteClass.class)).put(row.routes(),
                        row.requests());
            }
        });
        return new OwnLimits(ceilings, workspace, keys);
    }

    private record Row(boolean ceiling, RouteClass routes, @Nullable UUID apiKeyId, int requests,
            @Nullable Long windowMillis) {
        Optional<Rate> rate() {
            return Optional.ofNullable(windowMillis).map(millis -> new Rate(requests, Duration.ofMillis(millis)));
        }
    }

    private static Iterable<Row> rows(Handle handle, UUID workspaceId) {
        return handle.createQuery(
                """
                        select true as ceiling, route_class, cast(null as uuid) as api_key_id, coalesce(requests, 0) as requests,
                               cast(1000 * extract(epoch from time_window) as bigint) as window_ms
                          from rate_limit_ceiling where workspace_id = :workspaceId
                        union all
                        select false, route_class, api_key_id, requests, null from rate_limit where workspace_id = :workspaceId""")
                .bind("workspaceId", workspaceId)
                .map((row, _) -> new Row(row.getBoolean("ceiling"), routes(row.getString("route_class")),
                        row.getObject("api_key_id", UUID.class), row.getInt("requests"),
                        row.getObject("window_ms", Long.class)))
                .list();
    }

    private static RouteClass routes(String code) {
        return code.equals("reads") ? RouteClass.READS : RouteClass.WRITES;
    }

    /// @param apiKeyId null = of the workspace
    static void set(Handle tx, UUID workspaceId, @Nullable UUID apiKeyId, RouteClass routes, int requests) {
        tx.createUpdate("""
                insert into rate_limit (workspace_id, api_key_id, route_class, requests)
                values (:workspaceId, :apiKeyId, :routes, :requests)
                on conflict (workspace_id, api_key_id, route_class)
                do update set requests = excluded.requests, updated_at = now()""").bind("workspaceId", workspaceId)
                .bind("apiKeyId", apiKeyId).bind("routes", routes.code()).bind("requests", requests).execute();
    }

    /// @param apiKeyId null = of the workspace
    static void unset(Handle tx, UUID workspaceId, @Nullable UUID apiKeyId, RouteClass routes) {
        tx.createUpdate("""
                delete from rate_limit where workspace_id = :workspaceId and route_class = :routes
                   and api_key_id is not distinct from cast(:apiKeyId as uuid)""").bind("workspaceId", workspaceId)
                .bind("apiKeyId", apiKeyId).bind("routes", routes.code()).execute();
    }

    /// Of a key that is in use.
    static boolean hasKey(Handle tx, UUID workspaceId, UUID apiKeyId) {
        return tx.createQuery("""
                select exists (select from api_key
                                where workspace_id = :workspaceId and id = :apiKeyId and revoked_at is null)""")
                .bind("workspaceId", workspaceId).bind("apiKeyId", apiKeyId).mapTo(Boolean.class).one();
    }

    /// @param rate empty = any number
    /// @return whether there is such a workspace
    static boolean setCeiling(Handle tx, UUID workspaceId, RouteClass routes, Optional<Rate> rate) {
        return tx.createUpdate("""
                insert into rate_limit_ceiling (workspace_id, route_class, requests, time_window)
                select id, :routes, :requests, :window from workspace where id = :workspaceId and deleted_at is null
                on conflict (workspace_id, route_class)
                do update set requests = excluded.requests, time_window = excluded.time_window, updated_at = now()""")
                .bind("workspaceId", workspaceId).bind("routes", routes.code())
                .bind("requests", rate.map(Rate::requests).orElse(null))
                .bind("window", rate.map(Rate::window).orElse(null)).execute() > 0;
    }

    /// @return whether there was one
    static boolean unsetCeiling(Handle tx, UUID workspaceId, RouteClass routes) {
        return tx
                .createUpdate(
                        "delete from rate_limit_ceiling where workspace_id = :workspaceId and route_class = :routes")
                .bind("workspaceId", workspaceId).bind("routes", routes.code()).execute() > 0;
    }

    static void deleteAll(Handle tx, UUID workspaceId) {
        tx.createUpdate("delete from rate_limit where workspace_id = :workspaceId").bind("workspaceId", workspaceId)
                .execute();
        tx.createUpdate("delete from rate_limit_ceiling where workspace_id = :workspaceId")
                .bind("workspaceId", workspaceId).execute();
    }
}
