package dev.promptlab.web;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.internal.HttpConnection;

/// Cuts connections whose request head does not arrive in time. No idle timeout does that: one byte now and then resets it.
final class SlowHeads implements AutoCloseable {
    private static final int LOOKS = 10;

    private final Server server;
    private final Duration patience;
    private final ScheduledExecutorService clock = Executors
            .newSingleThreadScheduledExecutor(Thread.ofVirtual().name("slow-heads").factory());
    private Map<EndPoint, Head> arriving = new HashMap<>();

    /// A head under way.
    ///
    /// @param requests how many requests came before it on its connection, which tells one head from the next
    /// @param since when a look first found it, on the clock of [System#nanoTime]
    private record Head(long requests, long since) {}

    private SlowHeads(Server server, Duration patience) {
        this.server = server;
        this.patience = patience;
    }

    /// @param patience for one head; measured to a tenth of it
    static SlowHeads watch(Server server, Duration patience) {
        var watch = new SlowHeads(server, patience);
        long pause = patience.toNanos() / LOOKS;
        var _ = watch.clock.scheduleWithFixedDelay(watch::look, pause, pause, TimeUnit.NANOSECONDS);
        return watch;
    }

    private void look() {
        long now = System.nanoTime();
        var found = new HashMap<EndPoint, Head>();
        for (var connector : server.getConnectors()) {
            for (var endPoint : connector.getConnectedEndPoints()) {
                if (endPoint.getConnection() instanceof HttpConnection connection
                        && isInHead(connection.getParser().getState())) {
                    var head = headSince(endPoint, new Head(connection.getMessagesIn(), now));
                    if (now - head.since() > patience.toNanos()) {
                        endPoint.close();
                    } else {
                        found.put(endPoint, head);
                    }
                }
            }
        }
        arriving = found;
    }

    private Head headSince(EndPoint endPoint, Head head) {
        var known = arriving.get(endPoint);
        return known != null && known.requests() == head.requests() ? known : head;
    }

    /// The states are in the order in which a request passes through them.
    private static boolean isInHead(HttpParser.State state) {
        return state.compareTo(HttpParser.State.START) > 0 && state.compareTo(HttpParser.State.CONTENT) < 0;
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
