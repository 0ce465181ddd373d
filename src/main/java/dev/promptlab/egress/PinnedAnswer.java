package dev.promptlab.egress;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpHeaders;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/// An answer whose head is there and whose body is still to come. For one thread; closing it ends the connection.
public final class PinnedAnswer implements AutoCloseable {
    private static final int MAX_SKIPPED = 64 << 10;
    private static final Duration SKIP_PATIENCE = Duration.ofSeconds(1);

    private final Head head;
    private final Socket channel;
    private final InputStream in;
    private final Runnable end;
    private @Nullable InputStream body;

    private PinnedAnswer(Head head, Socket channel, InputStream in, Runnable end) {
        this.head = head;
        this.channel = channel;
        this.in = in;
        this.end = end;
    }

    /// @param end called by [#close]
    static PinnedAnswer read(Socket channel, Runnable end) throws IOException {
        var in = new BufferedInputStream(channel.getInputStream());
        return new PinnedAnswer(Head.read(in), channel, in, end);
    }

    public int status() {
        return head.status();
    }

    public HttpHeaders headers() {
        return head.headers();
    }

    /// The next piece of the body, as it arrives.
    ///
    /// @return how many bytes; -1 at the end
    /// @throws java.net.SocketTimeoutException when none comes within `patience`
    /// @throws IOException when the body breaks off
    public int read(byte[] buffer, Duration patience) throws IOException {
        channel.setSoTimeout(Math.clamp(patience.toMillis(), 1, Integer.MAX_VALUE));
        if (body == null) {
            body = Body.of(in, head);
        }
        return body.read(buffer, 0, buffer.length);
    }

    /// Lets the body in for a while, so that the other side is not cut while it writes. What goes wrong does not matter.
    void skipBody() {
        try {
            var buffer = new byte[MAX_SKIPPED];
            for (int skipped = 0; skipped < MAX_SKIPPED;) {
                int got = read(buffer, SKIP_PATIENCE);
                if (got < 0) {
                    return;
                }
                skipped += got;
            }
        } catch (IOException e) {
            // enough was read
        }
    }

    @Override
    public void close() {
        end.run();
    }
}
