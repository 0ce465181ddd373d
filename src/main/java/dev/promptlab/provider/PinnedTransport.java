package dev.promptlab.provider;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;

import dev.promptlab.egress.PinnedAnswer;
import dev.promptlab.egress.PinnedHttp;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// Over connections to addresses that were checked a moment before. The calling thread itself reads.
///
/// @param http somebody else's, and left open
record PinnedTransport(PinnedHttp http) implements HttpCalls.Transport {
    @Override
    public Arrivals send(HttpCalls.Post post, String contentType, Deadline deadline)
            throws IOException, InterruptedException {
        var headers = new LinkedHashMap<>(post.headers());
        headers.put("Content-Type", "application/json");
        headers.put("Accept", contentType);
        return new Reading(http.open(post.uri(), headers, Json.bytes(post.body()),
                Duration.ofNanos(deadline.remainingNanos())));
    }

    /// Calls end with their deadlines, or when the threads that make them are interrupted.
    @Override
    public void close() {}

    private record Info(int statusCode, HttpHeaders headers) implements HttpResponse.ResponseInfo {
        @Override
        public HttpClient.Version version() {
            return HttpClient.Version.HTTP_1_1;
        }
    }

    private static final class Reading implements Arrivals {
        private static final int PIECE = 16 << 10;

        private final PinnedAnswer answer;
        private boolean headTaken;
        private boolean ended;

        Reading(PinnedAnswer answer) {
            this.answer = answer;
        }

        @Override
        public @Nullable Arrival next(Deadline deadline) throws InterruptedException {
            if (!headTaken) {
                headTaken = true;
                return new Arrival.Head(new Info(answer.status(), answer.headers()));
            }
            long nanos = deadline.remainingNanos();
            return nanos <= 0 ? null : read(Duration.ofNanos(nanos), deadline);
        }

        private @Nullable Arrival read(Duration patience, Deadline deadline) throws InterruptedException {
            var piece = new byte[PIECE];
            try {
                int got = answer.read(piece, patience);
                ended = got < 0;
                return ended ? new Arrival.End() : new Arrival.Bytes(List.of(ByteBuffer.wrap(piece, 0, got)));
            } catch (SocketTimeoutException e) {
                return null;
            } catch (IOException e) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                return deadline.remainingNanos() <= 0 ? null : new Arrival.Broken(e);
            }
        }

        @Override
        public boolean ended() {
            return ended;
        }

        /// It reads when it is asked for the next.
        @Override
        public void more() {}

        @Override
        public void close() {
            answer.close();
        }
    }
}
