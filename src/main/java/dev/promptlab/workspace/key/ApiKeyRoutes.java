package dev.promptlab.workspace.key;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import dev.promptlab.web.Fields;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.Route;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;

/// The API under `/api-keys`.
public final class ApiKeyRoutes {
    private static final int MAX_PAGE = 200;
    private static final int PAGE = 50;
    private static final String WHAT = "API key";

    private final IssuedKeys keys;

    public ApiKeyRoutes(IssuedKeys keys) {
        this.keys = keys;
    }

    public List<Route> routes() {
        return List.of(Route.get("/api-keys", Permission.API_KEYS, this::list),
                Route.post("/api-keys", Permission.API_KEYS, this::create),
                Route.get("/api-keys/{id}", Permission.API_KEYS, this::get),
                Route.put("/api-keys/{id}", Permission.API_KEYS, this::rename),
                Route.delete("/api-keys/{id}", Permission.API_KEYS, this::revoke));
    }

    private void list(Context ctx) {
        var query = Fields.ofQuery(ctx);
        boolean revoked = query.flag("revoked");
        var before = query.uuid("cursor");
        var wanted = query.integer("limit", 1, MAX_PAGE);
        query.check();
        int limit = wanted == null ? PAGE : wanted;
        var page = keys.list(Caller.of(ctx), revoked, before, limit + 1);
        var shown = page.subList(0, Math.min(limit, page.size()));
        Http.linkNext(ctx, page.size() > limit ? shown.getLast().id() : null);
        var array = Json.array();
        shown.forEach(key -> array.add(key.toJson()));
        Http.answer(ctx, 200, array);
    }

    private void create(Context ctx) {
        var in = Fields.of(Http.body(ctx));
        var wanted = new IssuedKeys.Wanted(in.requiredText("name", IssuedKeys.MAX_NAME), scopes(in),
                in.time("expiresAt"));
        in.check();
        var issued = keys.create(Caller.of(ctx), wanted);
        ctx.header("Location", "/api-keys/" + issued.key().id()).header("Cache-Control", "no-store");
        Http.answer(ctx, 201, issued.key().toJson().put("key", issued.secret().value()));
    }

    /// Null when nothing is said.
    private static @Nullable Set<Permission> scopes(Fields in) {
        var list = in.any("scopes");
        if (list == null) {
            return null;
        }
        if (!list.isArray() || list.isEmpty() || !list.valueStream().allMatch(
                scope -> scope.isTextual() && Permission.BY_CODE.containsKey(scope.textValue()))) {
            in.reject("scopes", "must be a list of one or more of "
                    + String.join(", ", Permission.BY_CODE.keySet().stream().sorted().toList()));
            return null;
        }
        var scopes = EnumSet.noneOf(Permission.class);
        list.forEach(scope -> scopes.add(Permission.BY_CODE.get(scope.textValue())));
        return scopes;
    }

    private void get(Context ctx) {
        Http.answer(ctx, 200, keys.require(Caller.of(ctx), Http.id(ctx, WHAT)).toJson());
    }

    private void rename(Context ctx) {
        var id = Http.id(ctx, WHAT);
        var in = Fields.of(Http.body(ctx));
        var name = in.requiredText("name", IssuedKeys.MAX_NAME);
        in.check();
        Http.answer(ctx, 200, keys.rename(Caller.of(ctx), id, name).toJson());
    }

    private void revoke(Context ctx) {
        keys.revoke(Caller.of(ctx), Http.id(ctx, WHAT));
        ctx.status(204);
    }
}
