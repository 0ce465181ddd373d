package dev.promptlab.workspace.member;

import java.util.List;

import dev.promptlab.web.Failure;
import dev.promptlab.web.Fields;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.JsonLines;
import dev.promptlab.web.Route;
import dev.promptlab.web.Uuids;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import dev.promptlab.workspace.access.Person;
import io.javalin.http.Context;

/// `/workspaces` and `/workspaces/{id}`. The id in a path is always that of the workspace which the request is for anyway
/// (`X-Workspace-Id`, the token, the API key): it says what a reader of the address expects, and opens no second way in.
final class WorkspaceRoutes {
    private static final int MAX_NAME = 200;

    private final Workspaces workspaces;
    private final WorkspaceExport export;

    WorkspaceRoutes(Workspaces workspaces, WorkspaceExport export) {
        this.workspaces = workspaces;
        this.export = export;
    }

    List<Route> routes() {
        return List.of(Route.get("/workspaces", Permission.ACCOUNT, this::list),
                Route.post("/workspaces", Permission.ACCOUNT, this::create),
                Route.get("/workspaces/{id}", Permission.WORKSPACE_READ, this::get),
                Route.put("/workspaces/{id}", Permission.WORKSPACE_ADMIN, this::rename),
                Route.delete("/workspaces/{id}", Permission.WORKSPACE_OWN, this::delete),
                Route.get("/workspaces/{id}/export", Permission.WORKSPACE_OWN, this::export));
    }

    /// The caller in the workspace of the path.
    ///
    /// @throws Failure.NotFound for any other id, the same for one that exists and one that does not
    static Caller caller(Context ctx) {
        var caller = Caller.of(ctx);
        var id = ctx.pathParam("id");
        if (Uuids.parse(id).filter(caller.workspaceId()::equals).isEmpty()) {
            throw Workspaces.notFound(id);
        }
        return caller;
    }

    /// As [#caller], for what a server without login has no use for.
    static Caller callerWithAccounts(Context ctx) {
        var caller = caller(ctx);
        if (caller.equals(Caller.LOCAL)) {
            throw withoutLogin();
        }
        return caller;
    }

    /// Somebody who is signed in.
    static Person personWithAccount(Context ctx) {
        var person = Person.of(ctx);
        if (person.equals(Person.LOCAL)) {
            throw withoutLogin();
        }
        return person;
    }

    private static Failure.Conflict withoutLogin() {
        return new Failure.Conflict("this server runs without login, so it has one workspace and no members;"
                + " start it with PROMPTLAB_AUTH=required for more");
    }

    private void list(Context ctx) {
        var array = Json.array();
        workspaces.of(Person.of(ctx)).forEach(workspace -> array.add(workspace.toJson()));
        Http.answer(ctx, 200, array);
    }

    private void create(Context ctx) {
        var person = personWithAccount(ctx);
        var workspace = workspaces.create(person, name(ctx));
        ctx.header("Location", "/workspaces/" + workspace.id());
        Http.answer(ctx, 201, workspace.toJson());
    }

    private void get(Context ctx) {
        Http.answer(ctx, 200, workspaces.require(caller(ctx)).toJson());
    }

    private void rename(Context ctx) {
        var caller = caller(ctx);
        Http.answer(ctx, 200, workspaces.rename(caller, name(ctx)).toJson());
    }

    private static String name(Context ctx) {
        var in = Fields.of(Http.body(ctx));
        var name = in.requiredText("name", MAX_NAME).strip();
        in.check();
        return name;
    }

    private void delete(Context ctx) {
        var caller = caller(ctx);
        var in = Fields.of(Http.body(ctx));
        var confirm = in.requiredText("confirm", MAX_NAME);
        boolean withoutExport = in.flag("withoutExport");
        in.check();
        workspaces.delete(caller, confirm, withoutExport);
        ctx.status(204);
    }

    private void export(Context ctx) {
        var caller = caller(ctx);
        var workspace = workspaces.require(caller);
        var lines = JsonLines.answer(ctx, "workspace-" + workspace.id(), out -> export.write(workspace, out));
        if (lines.isPresent()) {
            workspaces.exported(caller, lines.getAsLong());
        }
    }
}
