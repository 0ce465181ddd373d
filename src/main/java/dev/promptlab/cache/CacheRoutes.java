package dev.promptlab.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import dev.promptlab.cache.StoredResults.Selection;
import dev.promptlab.db.Database;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Fields;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.Route;
import dev.promptlab.workspace.access.Audit;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import io.javalin.http.Context;

/// `/cache`
final class CacheRoutes {
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final int DEFAULT_DAYS = 7;
    private static final int MAX_DAYS = 366;
    private static final int MAX_COUNTED = 100_000;
    private static final int CHUNK = 10_000;

    private final Database db;
    private final ResultCache cache;
    private final StoredResults stored;
    private final Runnable flush;

    /// @param flush writes the figures of this process
    CacheRoutes(Database db, ResultCache cache, StoredResults stored, Runnable flush) {
        this.db = db;
        this.cache = cache;
        this.stored = stored;
        this.flush = flush;
    }

    List<Route> routes() {
        return List.of(Route.get("/cache", Permission.JOBS_READ, this::figures),
                Route.delete("/cache", Permission.JOBS_ADMIN, this::purge));
    }

    private void figures(Context ctx) {
        var in = Fields.ofQuery(ctx);
        var days = in.integer("days", 1, MAX_DAYS);
        in.check();
        var workspaceId = Caller.of(ctx).workspaceId();
        flush.run();
        var figures = db.autocommit(workspaceId,
                handle -> FigureStore.days(handle, workspaceId, days == null ? DEFAULT_DAYS : days));
        int reusable = db.autocommit(workspaceId, handle -> stored.count(handle, workspaceId, MAX_COUNTED));
        var json = Json.object();
        json.putObject("entries").put("memory", cache.count(workspaceId)).put("stored", reusable);
        json.set("total", CacheJson.counts(Json.object(),
                figures.stream().map(FigureStore.Day::counts).reduce(Counts.NONE, Counts::plus)));
        var array = json.putArray("days");
        figures.forEach(day -> array.add(CacheJson.day(day)));
        Http.answer(ctx, 200, json);
    }

    private void purge(Context ctx) {
        var selection = selection(ctx);
        var caller = Caller.of(ctx);
        stored.check(caller.workspaceId(), selection);
        int purged = 0;
        for (int chunk = CHUNK; chunk == CHUNK; purged += chunk) {
            chunk = purgeSome(caller, selection);
        }
        Http.answer(ctx, 200, Json.object().put("purged", purged));
    }

    private int purgeSome(Caller caller, Selection selection) {
        var forgotten = new Forgotten(caller.workspaceId(),
                selection instanceof Selection.OfInput(var hash) ? hash : null);
        int purged = db.transaction(caller.workspaceId(), tx -> {
            int released = stored.release(tx, caller.workspaceId(), selection, CHUNK);
            forgotten.record(tx);
            Audit.record(tx, caller, "cache.purge", subject(selection), Json.object().put("purged", released));
            return released;
        });
        cache.forget(forgotten);
        return purged;
    }

    private static String subject(Selection selection) {
        return switch (selection) {
            case Selection.OfTemplate(var id) -> id.toString();
            case Selection.OfInput(var hash) -> hash;
            case Selection.All() -> "all";
        };
    }

    private static Selection selection(Context ctx) {
        var in = Fields.ofQuery(ctx);
        var selections = new ArrayList<Selection>();
        var templateId = in.uuid("templateId");
        if (templateId != null) {
            selections.add(new Selection.OfTemplate(templateId));
        }
        var hash = in.text("inputHash", 64);
        if (hash != null) {
            selections.add(new Selection.OfInput(hash));
            if (!HASH.matcher(hash).matches()) {
                in.reject("inputHash", "must be the inputHash of a job: 64 hexadecimal digits in lower case");
            }
        }
        if (in.flag("all")) {
            selections.add(new Selection.All());
        }
        in.check();
        if (selections.size() != 1) {
            throw Failure.Invalid.form("say what to purge, with one of templateId, inputHash and all=true");
        }
        return selections.getFirst();
    }
}
