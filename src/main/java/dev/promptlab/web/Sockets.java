package dev.promptlab.web;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.websocket.WsConfig;
import io.javalin.websocket.WsContext;
import org.eclipse.jetty.ee10.websocket.server.JettyWebSocketServletFactory;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static java.util.Objects.requireNonNull;

/// WebSockets over the web library: an upgrade passes what every request passes, and nothing waits without bound to be sent.
final class Sockets {
    private static final Logger log = LoggerFactory.getLogger(Sockets.class);
    private static final int MAX_MESSAGE = 16 << 10;
    /// Longer than any pause between what both sides say.
    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final String CLIENT = "socket-client";
    private static final int MAX_REASON = 120;

    private Sockets() {}

    static void limit(JettyWebSocketServletFactory sockets) {
        sockets.setMaxTextMessageSize(MAX_MESSAGE);
        sockets.setMaxBinaryMessageSize(MAX_MESSAGE);
        sockets.setMaxFrameSize(MAX_MESSAGE);
        sockets.setIdleTimeout(IDLE);
    }

    /// @param admission what has to let a request pass
    static void register(RoutesConfig web, String path, SocketHandler handler, Handler admission) {
        web.wsBeforeUpgrade(path, ctx -> {
            admission.handle(ctx);
            ctx.attribute(CLIENT, handler.accept(ctx));
        });
        web.ws(path, Sockets::wire);
        web.wsException(Exception.class, (e, socket) -> {
            log.error("a message on a WebSocket was not understood", e);
            socket.closeSession(1011, "something went wrong here");
        });
    }

    private static void wire(WsConfig ws) {
        ws.onConnect(ctx -> client(ctx).opened(new Open(ctx.session)));
        ws.onMessage(ctx -> client(ctx).said(ctx.message()));
        ws.onBinaryMessage(ctx -> ctx.closeSession(1003, "send text, not binary messages"));
        ws.onClose(ctx -> client(ctx).closed());
    }

    private static SocketHandler.Client client(WsContext ctx) {
        return requireNonNull(ctx.<SocketHandler.Client>attribute(CLIENT));
    }

    /// For a plain request on the path of a WebSocket.
    static void refusePlain(Context ctx) {
        ctx.header("Upgrade", "websocket");
        throw Failure.Invalid.form("this is a WebSocket; open it with ws:// or wss://");
    }

    private record Open(Session session) implements Socket {
        @Override
        public void send(String text) throws IOException, InterruptedException {
            var sent = Callback.Completable.with(callback -> session.sendText(text, callback));
            try {
                sent.get(SlowReaders.PIECE_PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                throw new IOException("the client is gone", e.getCause());
            } catch (TimeoutException e) {
                session.disconnect();
                throw new IOException("the client reads too slowly", e);
            }
        }

        @Override
        public void close(int code, String reason) {
            boolean fits = reason.getBytes(StandardCharsets.UTF_8).length <= MAX_REASON;
            session.close(code, fits ? reason : "", Callback.NOOP);
        }
    }
}
