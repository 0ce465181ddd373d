package dev.promptlab.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.promptlab.web.Json;

/// Somebody's receiver of callbacks on a loopback port: answers as told, 200 without a script, and remembers every call.
public final class CallbackReceiver implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ConcurrentLinkedQueue<Integer> statuses = new ConcurrentLinkedQueue<>();
    private final List<Call> calls = new ArrayList<>();
    private volatile CountDownLatch gate = new CountDownLatch(0);

    /// One call, as it came.
    public record Call(String path, Headers headers, String body) {
        public JsonNode json() {
            return Json.parse(body);
        }

        public String event() {
            return json().get("event").asText();
        }

        public String jobId() {
            return json().at("/job/id").asText();
        }

        public String header(String name) {
            return String.valueOf(headers.getFirst(name));
        }

        public String deliveryId() {
            return header("X-PromptLab-Delivery");
        }
    }

    private CallbackReceiver(HttpServer server) {
        this.server = server;
    }

    public static CallbackReceiver start() {
        return start(0);
    }

    /// On a port that an earlier one had.
    public static CallbackReceiver start(int port) {
        try {
            var receiver = new CallbackReceiver(
                    HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100));
            receiver.server.setExecutor(receiver.threads);
            receiver.server.createContext("/", receiver::answer);
            receiver.server.start();
            return receiver;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            synchronized (this) {
                calls.add(new Call(exchange.getRequestURI().toString(), exchange.getRequestHeaders(), body));
                notifyAll();
            }
            gate.await();
            var status = statuses.poll();
            exchange.sendResponseHeaders(status == null ? 200 : status, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// What the next calls are answered, one after the other.
    public CallbackReceiver next(Integer... more) {
        statuses.addAll(List.of(more));
        return this;
    }

    /// Calls arrive and are not answered, until [#release].
    public void hold() {
        gate = new CountDownLatch(1);
    }

    public void release() {
        gate.countDown();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    public synchronized List<Call> calls() {
        return List.copyOf(calls);
    }

    /// Waits until so many calls have arrived.
    public synchronized List<Call> awaitCalls(int count) {
        var end = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (calls.size() < count) {
                var left = end - System.nanoTime();
                if (left <= 0) {
                    throw new AssertionError("waited for " + count + " callbacks, got " + calls);
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while waiting for callbacks", e);
        }
        return calls();
    }

    /// The port refuses connections from now on.
    @Override
    public void close() {
        release();
        server.stop(0);
        threads.close();
    }
}
