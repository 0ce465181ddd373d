package dev.promptlab.workspace.audit;

import java.util.List;

import dev.promptlab.db.Database;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.JsonLines;
import dev.promptlab.web.Route;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import io.javalin.http.Context;

/// `/audit`
public final class AuditRoutes {
    private final Database db;

    public AuditRoutes(Database db) {
        this.db = db;
    }

    public List<Route> routes() {
        return List.of(Route.get("/audit", Permission.AUDIT_READ, this::list),
                Route.get("/audit/export", Permission.AUDIT_READ, this::export));
    }

    private void list(Context ctx) {
        var filter = AuditFilter.of(ctx);
        var workspaceId = Caller.of(ctx).workspaceId();
        var found = db.transaction(workspaceId, tx -> TrailStore.list(tx, workspaceId, filter.withOneMore()));
        var page = found.subList(0, Math.min(found.size(), filter.limit()));
        Http.linkNext(ctx, found.size() > page.size() ? page.getLast().event().id() : null);
        var array = Json.array();
        page.forEach(entry -> array.add(entry.event().toJson(entry.seal())));
        Http.answer(ctx, 200, array);
    }

    private void export(Context ctx) {
        var trail = new TrailExport(db);
        JsonLines.answer(ctx, "audit-" + Caller.of(ctx).workspaceId(),
                out -> trail.write(Caller.of(ctx).workspaceId(), out));
    }
}
