package dev.promptlab.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.web.Json;

/// Reads server-sent events as a browser does, and can be cut at any moment.
public final class EventReader implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /// @param event its name, as in `job.completed`
    public record Message(String id, String event, JsonNode data) {
        public String jobId() {
            return data.get("jobId").asText();
        }
    }

    private final HttpResponse<InputStream> response;
    private final BlockingQueue<Optional<Message>> messages = new LinkedBlockingQueue<>();
    private volatile String lastId = "";

    private EventReader(HttpResponse<InputStream> response) {
        this.response = response;
        Thread.ofVirtual().name("event-reader").start(this::read);
    }

    /// Returns once the answer has begun.
    public static EventReader open(String url, Map<String, String> headers) {
        var request = HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE);
        headers.forEach(request::header);
        try {
            return new EventReader(HTTP.send(request.build(), BodyHandlers.ofInputStream()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void read() {
        try (var lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            String id = "";
            String event = "";
            String data = "";
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("event: ")) {
                    event = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    data = line.substring(6);
                } else if (line.isEmpty()) {
                    if (!data.isEmpty()) {
                        messages.add(Optional.of(new Message(id, event, Json.parse(data))));
                    }
                    lastId = id;
                    event = "";
                    data = "";
                }
            }
        } catch (IOException e) {
            // cut
        }
        messages.add(Optional.empty());
    }

    public int status() {
        return response.statusCode();
    }

    /// From where to go on.
    public String lastId() {
        return lastId;
    }

    /// The next message; empty at the end of the stream.
    public Optional<Message> next() {
        try {
            var next = messages.poll(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
            if (next == null) {
                throw new AssertionError("no event came within " + PATIENCE);
            }
            return next;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The messages up to and with the first of a kind, or up to the end of the stream.
    public List<Message> until(Predicate<Message> last) {
        var all = new ArrayList<Message>();
        for (var next = next(); next.isPresent(); next = next()) {
            all.add(next.get());
            if (last.test(next.get())) {
                break;
            }
        }
        return all;
    }

    /// The messages up to the end of the stream.
    public List<Message> all() {
        return until(_ -> false);
    }

    /// Cuts the connection.
    @Override
    public void close() {
        try {
            response.body().close();
        } catch (IOException e) {
            // it was cut already
        }
    }
}
