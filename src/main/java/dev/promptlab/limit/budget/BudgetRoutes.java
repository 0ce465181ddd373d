package dev.promptlab.limit.budget;

import java.util.List;

import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.Route;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import io.javalin.http.Context;

/// The API under `/budgets`.
public final class BudgetRoutes {
    private final Budgets budgets;

    public BudgetRoutes(Budgets budgets) {
        this.budgets = budgets;
    }

    public List<Route> routes() {
        return List.of(Route.get("/budgets", Permission.WORKSPACE_READ, this::list),
                Route.post("/budgets", Permission.WORKSPACE_ADMIN, this::create),
                Route.put("/budgets/{id}", Permission.WORKSPACE_ADMIN, this::change),
                Route.delete("/budgets/{id}", Permission.WORKSPACE_ADMIN, this::delete),
                Route.post("/budgets/{id}/release", Permission.WORKSPACE_ADMIN, this::release));
    }

    private void list(Context ctx) {
        var array = Json.array();
        budgets.list(Caller.of(ctx).workspaceId()).forEach(budget -> array.add(budget.toJson()));
        Http.answer(ctx, 200, array);
    }

    private void create(Context ctx) {
        var budget = budgets.create(Caller.of(ctx), Draft.read(Http.body(ctx)));
        Http.answer(ctx, 201, budget.toJson());
    }

    private void change(Context ctx) {
        var id = Http.id(ctx, "budget");
        Http.answer(ctx, 200, budgets.setLimit(Caller.of(ctx), id, Draft.readLimit(Http.body(ctx))).toJson());
    }

    private void delete(Context ctx) {
        budgets.delete(Caller.of(ctx), Http.id(ctx, "budget"));
        ctx.status(204);
    }

    private void release(Context ctx) {
        Http.answer(ctx, 200, budgets.releaseUnknown(Caller.of(ctx), Http.id(ctx, "budget")).toJson());
    }
}
