package dev.promptlab.web;

import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

import io.javalin.http.Context;

/// Whether the process lives and whether it can do its work.
public final class Health {
    private final Map<String, BooleanSupplier> checks;
    private final Map<String, BooleanSupplier> helpers;
    /// Whether every check has passed once.
    private volatile boolean started;

    /// @param checks by name, in the order of the answer; each must be quick
    /// @param helpers likewise, of what the process can do without
    public Health(Map<String, BooleanSupplier> checks, Map<String, BooleanSupplier> helpers) {
        this.checks = checks;
        this.helpers = helpers;
    }

    public List<Route> routes() {
        return List.of(Route.get("/health", Access.PUBLIC, Health::ok),
                Route.get("/health/live", Access.PUBLIC, Health::ok),
                Route.get("/health/startup", Access.PUBLIC, this::startup),
                Route.get("/health/ready", Access.PUBLIC, this::ready));
    }

    private static void ok(Context ctx) {
        Http.answer(ctx, 200, Json.object().put("status", "ok"));
    }

    /// Once started it stays so, whatever fails later: then `ready` speaks.
    private void startup(Context ctx) {
        if (started) {
            ok(ctx);
        } else {
            ready(ctx);
        }
    }

    private void ready(Context ctx) {
        var results = Json.object();
        boolean ready = true;
        for (var check : checks.entrySet()) {
            boolean passed = passes(check.getValue());
            results.put(check.getKey(), passed ? "ok" : "failing");
            ready &= passed;
        }
        started |= ready;
        helpers.forEach((name, helper) -> results.put(name, passes(helper) ? "ok" : "degraded"));
        var body = Json.object().put("status", ready ? "ok" : "unavailable");
        body.set("checks", results);
        Http.answer(ctx, ready ? 200 : 503, body);
    }

    private static boolean passes(BooleanSupplier check) {
        try {
            return check.getAsBoolean();
        } catch (RuntimeException e) {
            return false;
        }
    }
}
