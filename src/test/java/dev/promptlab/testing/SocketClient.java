package dev.promptlab.testing;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// A WebSocket that collects what it hears.
public final class SocketClient implements WebSocket.Listener, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final BlockingQueue<Optional<JsonNode>> frames = new LinkedBlockingQueue<>();
    private final StringBuilder partial = new StringBuilder();
    private final WebSocket socket;
    private volatile int closeCode;

    private SocketClient(String url, Map<String, String> headers) {
        var builder = HttpClient.newHttpClient().newWebSocketBuilder();
        headers.forEach(builder::header);
        this.socket = builder.buildAsync(URI.create(url.replaceFirst("^http", "ws") + "/ws"), this).join();
    }

    /// @param url of the server
    public static SocketClient open(String url, Map<String, String> headers) {
        return new SocketClient(url, headers);
    }

    public void send(JsonNode frame) {
        socket.sendText(Json.text(frame), true).join();
    }

    /// @param after empty = from now on
    public void subscribe(String topic, String after) {
        var frame = Json.object().put("type", "subscribe");
        frame.putArray("topics").add(topic);
        send(after.isEmpty() ? frame : frame.put("after", after));
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            frames.add(Optional.of(Json.parse(partial.toString())));
            partial.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closeCode = code;
        frames.add(Optional.empty());
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable cause) {
        frames.add(Optional.empty());
    }

    /// The next frame but pings; empty once it is closed.
    public Optional<JsonNode> next() {
        try {
            while (true) {
                var frame = frames.poll(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
                if (frame == null) {
                    throw new AssertionError("no frame came within " + PATIENCE);
                }
                if (frame.isEmpty() || !frame.get().get("type").asText().equals("ping")) {
                    return frame;
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public int closeCode() {
        return closeCode;
    }

    @Override
    public void close() {
        socket.abort();
    }
}
