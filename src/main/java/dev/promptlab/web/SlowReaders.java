package dev.promptlab.web;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Cuts connections whose client takes too long to read its answer; no idle timeout ends one that reads a byte now and then.
/// Only the time counts in which something waits to be read, so an event stream that is silent for an hour is no slow reader.
final class SlowReaders implements AutoCloseable {
    private static final int LOOKS = 10;
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);
    /// In which a client must take one piece of an answer that goes on and on.
    static final Duration PIECE_PATIENCE = Duration.ofSeconds(3);

    private final Duration patience;
    private final int bytesPerSecond;
    private final Set<Answer> writing = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService clock = Executors
            .newSingleThreadScheduledExecutor(Thread.ofVirtual().name("slow-readers").factory());

    private SlowReaders(Duration patience, int bytesPerSecond) {
        this.patience = patience;
        this.bytesPerSecond = bytesPerSecond;
    }

    /// @param patience for a whole answer, besides what its size allows
    /// @param bytesPerSecond that a client must at least read
    static SlowReaders watch(Duration patience, int bytesPerSecond) {
        var readers = new SlowReaders(patience, bytesPerSecond);
        long pause = Math.min(patience.toNanos() / LOOKS, LONGEST_PAUSE.toNanos());
        var _ = readers.clock.scheduleWithFixedDelay(readers::look, pause, pause, TimeUnit.NANOSECONDS);
        return readers;
    }

    /// From now on looks at what is written in answer to a request.
    void watch(Request request) {
        request.addHttpStreamWrapper(stream -> new Answer(stream, request));
    }

    private void look() {
        long now = System.nanoTime();
        writing.stream().filter(answer -> answer.isLate(now)).forEach(Answer::cut);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    /// One answer on its way. Its writes come one after the other.
    private final class Answer extends HttpStream.Wrapper {
        private final Request request;
        private volatile long since;
        private final AtomicLong waitedNanos = new AtomicLong();
        private final AtomicLong bytes = new AtomicLong();
        /// Whether it is a stream of events, whose size says nothing of how long it may take.
        private volatile boolean endless;

        Answer(HttpStream stream, Request request) {
            super(stream);
            this.request = request;
        }

        @Override
        public void send(MetaData.Request head, MetaData.@Nullable Response answer, boolean last,
                @Nullable ByteBuffer content, Callback callback) {
            endless |= answer != null
                    && "text/event-stream".equals(answer.getHttpFields().get(HttpHeader.CONTENT_TYPE));
            bytes.addAndGet(content == null ? 0 : content.remaining());
            since = System.nanoTime();
            writing.add(this);
            super.send(head, answer, last, content, Callback.from(this::written, callback));
        }

        private void written() {
            writing.remove(this);
            waitedNanos.addAndGet(System.nanoTime() - since);
        }

        boolean isLate(long now) {
            if (endless) {
                return now - since > PIECE_PATIENCE.toNanos();
            }
            return waitedNanos.get() + now - since > patience.toNanos()
                    + TimeUnit.SECONDS.toNanos(bytes.get()) / bytesPerSecond;
        }

        void cut() {
            request.getConnectionMetaData().getConnection().getEndPoint().close();
        }
    }
}
