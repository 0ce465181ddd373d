package dev.promptlab.provider;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

/// The events of one streamed answer, taken by the calling thread.
final class EventStream implements AutoCloseable {
    private static final Duration END_PATIENCE = Duration.ofMillis(100);

    private final ResponseBody body;
    private final EventParser parser = new EventParser();
    private final Queue<ServerSentEvent> parsed = new ArrayDeque<>();

    EventStream(ResponseBody body) {
        this.body = body;
    }

    @Nullable
    String requestId() {
        return body.requestId();
    }

    @Nullable
    RateLimit rateLimit() {
        return body.rateLimit();
    }

    /// Whether there are no events: the server has answered as a whole.
    boolean isWhole() {
        return body.isOf("application/json");
    }

    /// The answer of a server that does not stream.
    JsonResponse whole() throws CallFailedException, InterruptedException {
        return body.json();
    }

    /// Waits for the next event.
    ///
    /// @return null at the end of the body
    @Nullable
    ServerSentEvent next() throws CallFailedException, InterruptedException {
        while (parsed.isEmpty()) {
            var bytes = body.read();
            if (bytes == null) {
                return null;
            }
            parser.accept(bytes, parsed::add);
        }
        return parsed.poll();
    }

    /// Takes leave after the last event that matters.
    void drain() throws InterruptedException {
        body.drain(Deadline.in(END_PATIENCE));
    }

    @Override
    public void close() {
        body.close();
    }
}
