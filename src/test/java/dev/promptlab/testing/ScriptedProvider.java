package dev.promptlab.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// A provider on a free loopback port that does what a test tells it, on a real socket: answers, fails, hangs, drips, breaks
/// off. It speaks Anthropic (`/v1/messages`) and OpenAI (`/v1/chat/completions`, `/v1/embeddings`), whole or streamed as the
/// request asks, and remembers every request.
///
/// ```java
/// try (var provider = ScriptedProvider.start()) {
///     provider.anthropic().next(Behaviour.error(529, "Overloaded")).answers("Hello", 36, 783);
///     // ANTHROPIC_BASE_URL = provider.url(), OPENAI_BASE_URL = provider.openAiUrl()
///     provider.awaitCalls(2);
/// }
/// ```
///
/// Without a script it answers `ok` with 1 token in and 1 out.
public final class ScriptedProvider implements AutoCloseable {
    private static final int BACKLOG = 1_024;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ServerSocket listener;
    private final Thread acceptor;
    private final ProviderScript anthropic = new ProviderScript(Vendor.ANTHROPIC);
    private final ProviderScript openAi = new ProviderScript(Vendor.OPENAI);
    private final List<ScriptedCall> calls = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger mostInFlight = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger disconnects = new AtomicInteger();

    private ScriptedProvider(ServerSocket listener) {
        this.listener = listener;
        this.acceptor = Thread.ofVirtual().name("scripted-provider").unstarted(this::accept);
    }

    public static ScriptedProvider start() {
        try {
            var server = new ScriptedProvider(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()));
            server.acceptor.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// As `ANTHROPIC_BASE_URL` takes it.
    public URI url() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /// As `OPENAI_BASE_URL` takes it.
    public URI openAiUrl() {
        return URI.create(url() + "/v1");
    }

    public ProviderScript anthropic() {
        return anthropic;
    }

    public ProviderScript openAi() {
        return openAi;
    }

    /// Every request so far, in the order of arrival.
    public List<ScriptedCall> calls() {
        return List.copyOf(calls);
    }

    /// The largest number of requests that were being answered at the same time.
    public int mostInFlight() {
        return mostInFlight.get();
    }

    /// How many connections have been opened.
    public int connections() {
        return connections.get();
    }

    /// How many times a client went away before it had its answer.
    public int disconnects() {
        return disconnects.get();
    }

    /// Waits until so many requests have arrived.
    public void awaitCalls(int count) {
        await(PATIENCE, () -> calls.size() >= count, () -> count + " calls, got " + calls.size());
    }

    /// Waits until so many clients have gone away before they had their answer.
    public void awaitDisconnects(int count, Duration patience) {
        await(patience, () -> disconnects.get() >= count, () -> count + " disconnects, got " + disconnects.get());
    }

    private synchronized void await(Duration patience, BooleanSupplier condition,
            Supplier<String> what) {
        var end = System.nanoTime() + patience.toNanos();
        try {
            while (!condition.getAsBoolean()) {
                var left = Duration.ofNanos(end - System.nanoTime());
                if (!left.isPositive()) {
                    throw new AssertionError("waited " + patience + " for " + what.get());
                }
                wait(Math.max(1, left.toMillis()));
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while waiting for " + what.get(), e);
        }
    }

    private synchronized void changed() {
        notifyAll();
    }

    private void accept() {
        try {
            while (true) {
                var socket = listener.accept();
                open.add(socket);
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            var connection = new Connection(socket);
            for (var call = connection.receive(); call != null; call = connection.receive()) {
                mostInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
                calls.add(call);
                changed();
                answer(call, connection);
            }
        } catch (IOException e) {
            // this connection is over; the script or the client ended it
        } finally {
            open.remove(socket);
        }
    }

    private void answer(ScriptedCall call, Connection connection) throws IOException {
        var script = call.path().endsWith("/messages") ? anthropic : openAi;
        try {
            script.take().respond(new Exchange(call, script.vendor(), connection));
        } catch (Connection.ClientGone e) {
            disconnects.incrementAndGet();
            throw e;
        } finally {
            inFlight.decrementAndGet();
            changed();
        }
    }

    /// Ends every connection; from then on the port refuses new ones.
    @Override
    public void close() {
        try {
            listener.close();
            acceptor.join();
            for (var socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
