package dev.promptlab.web;

import java.util.List;
import java.util.function.Supplier;

import io.javalin.http.Context;

/// Shows the figures of this process to Prometheus. They are of all workspaces, so this is only for where operators alone come.
public final class MetricsRoutes {
    private final String contentType;
    private final Supplier<String> text;

    public MetricsRoutes(String contentType, Supplier<String> text) {
        this.contentType = contentType;
        this.text = text;
    }

    public List<Route> routes() {
        return List.of(Route.get("/metrics", Access.PUBLIC, this::show));
    }

    private void show(Context ctx) {
        ctx.contentType(contentType).result(text.get());
    }
}
