package dev.promptlab.limit.rate;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.db.Database;
import dev.promptlab.limit.rate.Ask.RouteClass;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.WorkspaceData;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The limits that a workspace has set.
public final class RateLimitData implements WorkspaceData {
    private final Database db;

    public RateLimitData(Database db) {
        this.db = db;
    }

    @Override
    public void export(UUID workspaceId, Lines out) {
        var own = db.autocommit(workspaceId, handle -> LimitStore.find(handle, workspaceId));
        if (!own.workspace().isEmpty()) {
            out.line("rateLimit", toJson(null, own.workspace()));
        }
        new TreeMap<>(own.keys()).forEach((key, limits) -> out.line("rateLimit", toJson(key, limits)));
    }

    private static ObjectNode toJson(@Nullable UUID apiKeyId, Map<RouteClass, Integer> limits) {
        var json = Json.object().put("apiKeyId", apiKeyId == null ? null : apiKeyId.toString());
        new EnumMap<>(limits).forEach((routes, requests) -> json.put(routes.code(), requests));
        return json;
    }

    @Override
    public Removal removeSome(Handle tx, UUID workspaceId, int limit) {
        LimitStore.deleteAll(tx, workspaceId);
        return Removal.DONE;
    }
}
