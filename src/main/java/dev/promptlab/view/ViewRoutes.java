package dev.promptlab.view;

import java.util.List;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.db.Database;
import dev.promptlab.db.Ids;
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

/// The API under `/views`.
public final class ViewRoutes {
    private static final List<String> PAGES = List.of("jobs", "dead-letters", "dashboard");
    private static final int MOST_VIEWS = 200;
    private static final int MAX_NAME = 60;
    private static final int MAX_PARAMETERS = 30;
    private static final int MAX_PARAMETER = 500;

    private final Database db;

    public ViewRoutes(Database db) {
        this.db = db;
    }

    public List<Route> routes() {
        return List.of(Route.get("/views", Permission.JOBS_READ, this::list),
                Route.post("/views", Permission.JOBS_WRITE, this::create),
                Route.put("/views/{id}", Permission.JOBS_WRITE, this::change),
                Route.delete("/views/{id}", Permission.JOBS_WRITE, this::delete));
    }

    private void list(Context ctx) {
        var in = Fields.ofQuery(ctx);
        var page = in.oneOf("page", PAGES);
        in.check();
        var workspace = Caller.of(ctx).workspaceId();
        var array = Json.array();
        db.autocommit(workspace, handle -> ViewStore.list(handle, workspace, page))
                .forEach(view -> array.add(view.toJson()));
        Http.answer(ctx, 200, array);
    }

    private void create(Context ctx) {
        var caller = Caller.of(ctx);
        var in = Fields.of(Http.body(ctx));
        var page = in.oneOf("page", PAGES);
        if (!in.has("page")) {
            in.reject("page", "is required: one of " + String.join(", ", PAGES));
        }
        var name = in.requiredText("name", MAX_NAME);
        var query = query(in);
        in.check();
        var id = Ids.next();
        View view = db.transaction(caller.workspaceId(),
                tx -> insert(tx, caller, id, String.valueOf(page), name, query));
        ctx.header("Location", "/views/" + id);
        Http.answer(ctx, 201, view.toJson());
    }

    private static View insert(Handle tx, Caller caller, UUID id, String page, String name, ObjectNode query) {
        if (!ViewStore.hasRoom(tx, caller.workspaceId(), MOST_VIEWS)) {
            throw new Failure.Conflict("this workspace has " + MOST_VIEWS + " saved views; delete one first");
        }
        if (!ViewStore.insert(tx, caller.workspaceId(), id, page, name, query, caller.name())) {
            throw taken(name);
        }
        Audit.record(tx, caller, "view.create", id.toString(), Json.object().put("page", page).put("name", name));
        return require(tx, caller, id);
    }

    private void change(Context ctx) {
        var caller = Caller.of(ctx);
        var id = Http.id(ctx, "saved view");
        var in = Fields.of(Http.body(ctx));
        var name = in.requiredText("name", MAX_NAME);
        var query = query(in);
        in.check();
        View view = db.transaction(caller.workspaceId(), tx -> {
            require(tx, caller, id);
            if (!ViewStore.update(tx, caller.workspaceId(), id, name, query)) {
                throw taken(name);
            }
            Audit.record(tx, caller, "view.change", id.toString(), Json.object().put("name", name));
            return require(tx, caller, id);
        });
        Http.answer(ctx, 200, view.toJson());
    }

    private void delete(Context ctx) {
        var caller = Caller.of(ctx);
        var id = Http.id(ctx, "saved view");
        db.inTransaction(caller.workspaceId(), tx -> {
            if (!ViewStore.delete(tx, caller.workspaceId(), id)) {
                throw Http.notFound("saved view", id);
            }
            Audit.record(tx, caller, "view.delete", id.toString(), Json.object());
        });
        ctx.status(204);
    }

    private static ObjectNode query(Fields in) {
        var query = in.map("query");
        if (query == null) {
            if (!in.has("query")) {
                in.reject("query", "is required: the parameters of the page's address, as {\"status\": \"failed\"}");
            }
            return Json.object();
        }
        if (query.size() > MAX_PARAMETERS) {
            in.reject("query", "must have at most " + MAX_PARAMETERS + " parameters, has " + query.size());
        }
        query.properties().forEach(one -> {
            if (!one.getValue().isTextual() || one.getValue().textValue().length() > MAX_PARAMETER) {
                in.reject("query." + one.getKey(), "must be a string of at most " + MAX_PARAMETER + " characters");
            }
        });
        return query;
    }

    private static View require(Handle tx, Caller caller, UUID id) {
        return ViewStore.find(tx, caller.workspaceId(), id).orElseThrow(() -> Http.notFound("saved view", id));
    }

    private static Failure.Conflict taken(String name) {
        return new Failure.Conflict(
                "this page has a saved view \"" + name + "\" already; take another name or change that one");
    }
}
