package dev.promptlab.event;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import dev.promptlab.web.Failure;
import dev.promptlab.web.Json;
import dev.promptlab.web.Problem;
import org.jspecify.annotations.Nullable;

/// Server-sent events, as the HTML standard writes them.
final class SseLine implements Line {
    /// How long a client waits before it comes again.
    private static final String HELLO = "retry: 1000\n";
    private static final int PIECE = 16 << 10;

    /// When a stream ends by itself.
    enum Ends {
        NEVER,
        /// With the end of the one job that it is about.
        WITH_THE_JOB
    }

    private final OutputStream out;
    private final Ends ends;
    private final @Nullable Duration wait;
    private final long begunAt = System.nanoTime();
    private final StringBuilder pending = new StringBuilder(HELLO);
    private boolean ended;

    /// @param wait how long it may last; null = as long as the client wants
    SseLine(OutputStream out, Ends ends, @Nullable Duration wait) {
        this.out = out;
        this.ends = ends;
        this.wait = wait;
    }

    @Override
    public void event(JobEvent event) throws IOException {
        pending.append("id: ").append(event.id()).append("\nevent: ").append(event.type().code()).append("\ndata: ")
                .append(event.json()).append("\n\n");
        ended = event.type() == EventType.DELTA ? ended : event.type().isEnd();
        if (pending.length() >= PIECE) {
            flush();
        }
    }

    @Override
    public void mark(EventId upTo) {
        pending.append("id: ").append(upTo).append("\n\n");
    }

    @Override
    public void flush() throws IOException {
        if (!pending.isEmpty()) {
            out.write(pending.toString().getBytes(StandardCharsets.UTF_8));
            out.flush();
            pending.setLength(0);
        }
    }

    @Override
    public void beat() {
        pending.append(":\n\n");
    }

    @Override
    public boolean wantsMore() {
        boolean inTime = wait == null || System.nanoTime() - begunAt < wait.toNanos();
        return inTime && (ends == Ends.NEVER || !ended);
    }

    @Override
    public void refuse(Failure failure) throws IOException {
        pending.append("event: error\ndata: ").append(Json.text(Problem.of(failure).toJson())).append("\n\n");
        flush();
    }
}
