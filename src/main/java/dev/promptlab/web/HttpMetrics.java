package dev.promptlab.web;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import dev.promptlab.telemetry.Values;
import io.javalin.http.Context;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/// How long requests took, by route and status. What no route took counts under the route `none`; event streams, which last as long
/// as somebody listens, are left out.
final class HttpMetrics {
    private static final String ROUTE = "promptlab.route";
    private static final int METHODS = 10;
    private static final Duration[] BUCKETS = {Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(10),
            Duration.ofMillis(25), Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(250),
            Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofMillis(2_500), Duration.ofSeconds(5),
            Duration.ofSeconds(10), Duration.ofSeconds(30)};

    private record Key(String method, String route, int status) {}

    private final MeterRegistry registry;
    /// Anybody may send any word as a method.
    private final Values methods = new Values(METHODS);
    private final Map<Key, Timer> timers = new ConcurrentHashMap<>();

    HttpMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    static void setRoute(Context ctx, Route route) {
        ctx.attribute(ROUTE, route.path());
    }

    void answered(Context ctx, Float millis) {
        var type = ctx.res().getContentType();
        if (type == null || !type.startsWith("text/event-stream")) {
            String route = ctx.attribute(ROUTE);
            timers.computeIfAbsent(
                    new Key(methods.of(ctx.method().name()), route == null ? "none" : route, ctx.statusCode()),
                    this::timer).record((long) (millis * 1e6), TimeUnit.NANOSECONDS);
        }
    }

    private Timer timer(Key key) {
        return Timer.builder("promptlab.http.requests").description("Answered requests by route")
                .tags("method", key.method(), "route", key.route(), "status", String.valueOf(key.status()))
                .serviceLevelObjectives(BUCKETS).register(registry);
    }
}
