package dev.promptlab.web;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

import dev.promptlab.config.Settings;
import dev.promptlab.telemetry.LogFields;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.javalin.router.Endpoint;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/// The HTTP server: one virtual thread per request over the table of [Route]s, with what holds for every answer - request
/// id, security headers, error envelope, HEAD for every GET, `Allow` with every 405.
public final class WebServer implements AutoCloseable {
    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    /// Connections that may wait to be accepted. With Java's 50, a burst of clients meets connections that are reset.
    private static final int ACCEPT_QUEUE = 1_024;
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

    private final Javalin javalin;
    private final SlowHeads slowHeads;
    private final SlowReaders slowReaders;
    private final AtomicBoolean leaving;

    private WebServer(Javalin javalin, Duration headPatience, SlowReaders slowReaders, AtomicBoolean leaving) {
        this.javalin = javalin;
        this.leaving = leaving;
        this.slowHeads = SlowHeads.watch(javalin.jettyServer().server(), headPatience);
        this.slowReaders = slowReaders;
    }

    /// For loopback clients alone, as without login, and without figures.
    public static WebServer start(String host, int port, int maxBodyBytes, Gatekeeper gatekeeper, List<Route> routes) {
        return start(host, port, maxBodyBytes, Settings.Edge.LOCAL, gatekeeper, routes, new CompositeMeterRegistry());
    }

    /// @param port 0 takes a free one
    /// @param registry where requests are counted
    public static WebServer start(String host, int port, int maxBodyBytes, Settings.Edge edge, Gatekeeper gatekeeper,
            List<Route> routes, MeterRegistry registry) {
        return start(host, port, EdgeLimits.of(maxBodyBytes), edge, gatekeeper, routes, registry);
    }

    static WebServer start(String host, int port, EdgeLimits limits, Settings.Edge edge, Gatekeeper gatekeeper,
            List<Route> routes, MeterRegistry registry) {
        var leaving = new AtomicBoolean();
        var proxies = new Proxies(edge.trustedProxies());
        var slowReaders = SlowReaders.watch(limits.readPatience(), limits.bytesPerSecond());
        var connections = new ConnectionLimits(limits.connections(), limits.connectionsPerAddress(), proxies::trust);
        var javalin = Javalin.create(config -> {
            configure(config);
            config.jetty.modifyHttpConfiguration(http -> http.addCustomizer(new FrontDoor(proxies, slowReaders)));
            config.jetty.addConnector((server, http) -> connector(server, http, host, port, connections));
            var metrics = new HttpMetrics(registry);
            config.requestLogger.http((ctx, millis) -> {
                metrics.answered(ctx, millis);
                RequestSpans.end(ctx);
                LogFields.clear();
            });
            config.jetty.modifyWebSocketServletFactory(Sockets::limit);
            List<Handler> before = List.of(ctx -> endConnection(ctx, leaving),
                    ctx -> Http.setBodyRules(ctx, limits.bodies()), ctx -> ClientAddress.setProxies(ctx, proxies),
                    WebServer::greet, Hosts.of(edge)::check, Origins.of(edge)::check);
            before.forEach(config.routes::before);
            before.forEach(config.routes::wsBeforeUpgrade);
            config.routes.after(WebServer::endConnectionWithUnreadBody);
            register(config.routes, gatekeeper, routes);
        });
        return new WebServer(javalin.start(), limits.headPatience(), slowReaders, leaving);
    }

    public int port() {
        return javalin.port();
    }

    /// From now on every answer ends its connection, so that clients come back somewhere else.
    public void leave() {
        leaving.set(true);
    }

    /// What has not arrived yet of a body that nobody reads would be taken for the next request, so the server will close the
    /// connection. The client must hear of that, or it may send its next request into the void.
    private static void endConnectionWithUnreadBody(Context ctx) {
        if (!ServletContextRequest.getServletContextRequest(ctx.req()).consumeAvailable()) {
            ctx.header("Connection", "close");
        }
    }

    private static void endConnection(Context ctx, AtomicBoolean leaving) {
        if (leaving.get()) {
            ctx.header("Connection", "close");
        }
    }

    @Override
    public void close() {
        slowHeads.close();
        javalin.stop();
        slowReaders.close();
    }

    private static void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.concurrency.useVirtualThreads = true;
        config.http.compressionStrategy = CompressionStrategy.NONE;
        config.jetty.modifyServer(server -> {
            server.setErrorHandler(new EdgeErrors());
            server.setStopTimeout(STOP_PATIENCE.toMillis());
        });
        config.jetty.modifyServletContextHandler(handler -> handler.setErrorHandler(new EdgeErrors()));
        config.jetty.modifyHttpConfiguration(http -> {
            http.setSendServerVersion(false);
            http.setSendDateHeader(false);
        });
    }

    private static Connector connector(Server server, HttpConfiguration http, String host, int port,
            Connection.Listener listener) {
        var connector = new ServerConnector(server, new HttpConnectionFactory(http));
        connector.setHost(host);
        connector.setPort(port);
        connector.setAcceptQueueSize(ACCEPT_QUEUE);
        connector.addBean(listener);
        return connector;
    }

    private static void register(RoutesConfig web, Gatekeeper gatekeeper, List<Route> routes) {
        web.exception(HttpResponseException.class, ErrorEnvelope::answerUnrouted);
        web.exception(Exception.class, ErrorEnvelope::answer);
        var methods = new TreeMap<String, TreeSet<String>>();
        for (var route : routes) {
            var handler = guarded(route, gatekeeper);
            web.addEndpoint(new Endpoint(route.method(), route.path(), handler));
            var allowed = methods.computeIfAbsent(route.path(), _ -> new TreeSet<>(List.of("OPTIONS")));
            allowed.add(route.method().name());
            if (route.socket() != null) {
                Sockets.register(web, route.path(), route.socket(), ctx -> {
                    gatekeeper.admit(ctx, route.access());
                    var kept = KeptRequest.of(ctx);
                    Http.setAdmission(ctx, () -> gatekeeper.admitAgain(kept, route.access()));
                });
            }
            if (route.method().equals(HandlerType.GET)) {
                web.addEndpoint(new Endpoint(HandlerType.HEAD, route.path(), handler));
                allowed.add("HEAD");
            }
        }
        methods.forEach((path, allowed) -> refuseOtherMethods(web, path, allowed));
    }

    private static Handler guarded(Route route, Gatekeeper gatekeeper) {
        return ctx -> {
            HttpMetrics.setRoute(ctx, route);
            try (var _ = RequestSpans.begin(ctx, route)) {
                admit(ctx, route, gatekeeper);
                route.handler().handle(ctx);
            }
        };
    }

    private static void admit(Context ctx, Route route, Gatekeeper gatekeeper) {
        gatekeeper.admit(ctx, route.access());
        Http.setAdmission(ctx, () -> gatekeeper.admitAgain(ctx, route.access()));
    }

    private static void refuseOtherMethods(RoutesConfig web, String path, Set<String> allowed) {
        var allow = String.join(", ", allowed);
        web.addEndpoint(new Endpoint(HandlerType.OPTIONS, path, ctx -> {
            Origins.answerPreflight(ctx, allow);
            ctx.header("Allow", allow).status(204);
        }));
        for (var method : List.of(HandlerType.GET, HandlerType.POST, HandlerType.PUT, HandlerType.PATCH,
                HandlerType.DELETE)) {
            if (!allowed.contains(method.name())) {
                web.addEndpoint(new Endpoint(method, path, ctx -> {
                    ctx.header("Allow", allow);
                    ErrorEnvelope.write(ctx, 405, "method_not_allowed",
                            method + " is not possible here; allowed: " + allow);
                }));
            }
        }
    }

    private static void greet(Context ctx) {
        var given = ctx.header(Http.REQUEST_ID);
        var id = given != null && REQUEST_ID.matcher(given).matches() ? given : UUID.randomUUID().toString();
        ctx.header(Http.REQUEST_ID, id);
        LogFields.ofRequest(id);
    }
}
