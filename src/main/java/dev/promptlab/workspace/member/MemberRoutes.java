package dev.promptlab.workspace.member;

import java.util.List;
import java.util.UUID;

import dev.promptlab.web.Fields;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.Route;
import dev.promptlab.web.Uuids;
import dev.promptlab.workspace.access.Permission;
import dev.promptlab.workspace.access.Role;
import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/// `/workspaces/{id}/members` and what hands a workspace over.
final class MemberRoutes {
    private static final int DEFAULT_PAGE = 50;
    private static final int MAX_PAGE = 200;

    private final Members members;

    MemberRoutes(Members members) {
        this.members = members;
    }

    List<Route> routes() {
        return List.of(Route.get("/workspaces/{id}/members", Permission.WORKSPACE_READ, this::list),
                Route.put("/workspaces/{id}/members/{userId}", Permission.WORKSPACE_ADMIN, this::change),
                // Everybody may leave; who takes out others needs more, which Members asks for.
                Route.delete("/workspaces/{id}/members/{userId}", Permission.WORKSPACE_READ, this::remove),
                Route.post("/workspaces/{id}/transfer", Permission.WORKSPACE_OWN, this::transfer));
    }

    private void list(Context ctx) {
        var caller = WorkspaceRoutes.caller(ctx);
        var in = Fields.ofQuery(ctx);
        int limit = limit(in);
        var after = in.uuid("cursor");
        in.check();
        var found = members.list(caller.workspaceId(), after, limit + 1);
        var page = found.subList(0, Math.min(limit, found.size()));
        Http.linkNext(ctx, found.size() > limit ? page.getLast().userId() : null);
        var array = Json.array();
        page.forEach(member -> array.add(member.toJson()));
        Http.answer(ctx, 200, array);
    }

    static int limit(Fields in) {
        var limit = in.integer("limit", 1, MAX_PAGE);
        return limit == null ? DEFAULT_PAGE : limit;
    }

    private void change(Context ctx) {
        var caller = WorkspaceRoutes.callerWithAccounts(ctx);
        var userId = userId(ctx);
        var in = Fields.of(Http.body(ctx));
        var role = requiredRole(in);
        in.check();
        Http.answer(ctx, 200, members.change(caller, userId, role).toJson());
    }

    static Role requiredRole(Fields in) {
        @Nullable
        Role role = in.oneOf("role", Role.BY_CODE);
        if (role == null && !in.has("role")) {
            in.reject("role", "is required: one of " + String.join(", ", Role.BY_CODE.keySet()));
        }
        return role == null ? Role.VIEWER : role; // in.check() throws before anybody uses it
    }

    private void remove(Context ctx) {
        members.remove(WorkspaceRoutes.callerWithAccounts(ctx), userId(ctx));
        ctx.status(204);
    }

    private void transfer(Context ctx) {
        var caller = WorkspaceRoutes.callerWithAccounts(ctx);
        var in = Fields.of(Http.body(ctx));
        var userId = in.uuid("userId");
        if (userId == null && !in.has("userId")) {
            in.reject("userId", "is required: the member who becomes the owner");
        }
        in.check();
        Http.answer(ctx, 200, members.transfer(caller, requireNonNull(userId)).toJson());
    }

    private static UUID userId(Context ctx) {
        var text = ctx.pathParam("userId");
        return Uuids.parse(text).orElseThrow(() -> Http.notFound("member", text));
    }
}
