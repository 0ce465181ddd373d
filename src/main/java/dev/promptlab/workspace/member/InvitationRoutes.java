package dev.promptlab.workspace.member;

import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

import dev.promptlab.web.Fields;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.Route;
import dev.promptlab.web.Uuids;
import dev.promptlab.workspace.access.Permission;
import io.javalin.http.Context;

/// `/workspaces/{id}/invitations` and `/invitations/accept`.
final class InvitationRoutes {
    private static final int MAX_EMAIL = 320;
    private static final int MAX_TOKEN = 200;
    /// Enough to catch a slip; whether it exists nobody asks.
    private static final Pattern EMAIL = Pattern.compile("[^\\s@]+@[^\\s@]+");

    private final Invitations invitations;

    InvitationRoutes(Invitations invitations) {
        this.invitations = invitations;
    }

    List<Route> routes() {
        return List.of(Route.get("/workspaces/{id}/invitations", Permission.WORKSPACE_ADMIN, this::list),
                Route.post("/workspaces/{id}/invitations", Permission.WORKSPACE_ADMIN, this::create),
                Route.delete("/workspaces/{id}/invitations/{invitationId}", Permission.WORKSPACE_ADMIN, this::revoke),
                Route.post("/invitations/accept", Permission.ACCOUNT, this::accept));
    }

    private void list(Context ctx) {
        var caller = WorkspaceRoutes.caller(ctx);
        var in = Fields.ofQuery(ctx);
        int limit = MemberRoutes.limit(in);
        var before = in.uuid("cursor");
        in.check();
        var found = invitations.list(caller.workspaceId(), before, limit + 1);
        var page = found.subList(0, Math.min(limit, found.size()));
        Http.linkNext(ctx, found.size() > limit ? page.getLast().id() : null);
        var array = Json.array();
        page.forEach(invitation -> array.add(invitation.toJson()));
        Http.answer(ctx, 200, array);
    }

    private void create(Context ctx) {
        var caller = WorkspaceRoutes.callerWithAccounts(ctx);
        var in = Fields.of(Http.body(ctx));
        var email = in.requiredText("email", MAX_EMAIL).strip();
        if (!email.isEmpty() && !EMAIL.matcher(email).matches()) {
            in.reject("email", "must be an e-mail address");
        }
        var role = MemberRoutes.requiredRole(in);
        in.check();
        var made = invitations.create(caller, email, role);
        Http.answer(ctx, 201, made.invitation().toJson().put("token", made.token().value()));
    }

    private void revoke(Context ctx) {
        var text = ctx.pathParam("invitationId");
        UUID id = Uuids.parse(text).orElseThrow(() -> Http.notFound("open invitation", text));
        invitations.revoke(WorkspaceRoutes.callerWithAccounts(ctx), id);
        ctx.status(204);
    }

    private void accept(Context ctx) {
        var person = WorkspaceRoutes.personWithAccount(ctx);
        var in = Fields.of(Http.body(ctx));
        var token = in.requiredText("token", MAX_TOKEN);
        in.check();
        Http.answer(ctx, 200, invitations.accept(person, token).toJson());
    }
}
