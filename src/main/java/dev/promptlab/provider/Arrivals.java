package dev.promptlab.provider;

import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;

import org.jspecify.annotations.Nullable;

/// One exchange as the calling thread takes it: head, pieces of the body, end. One piece is asked for at a time, so that a
/// fast server cannot fill the memory.
interface Arrivals extends AutoCloseable {
    /// What arrived.
    sealed interface Arrival {
        record Head(HttpResponse.ResponseInfo info) implements Arrival {}

        record Bytes(List<ByteBuffer> buffers) implements Arrival {
            int size() {
                return buffers.stream().mapToInt(ByteBuffer::remaining).sum();
            }
        }

        record End() implements Arrival {}

        record Broken(Throwable cause) implements Arrival {}
    }

    /// Waits for the next arrival.
    ///
    /// @return null once the deadline has passed, also while pieces keep coming
    @Nullable
    Arrival next(Deadline deadline) throws InterruptedException;

    /// Whether [#next] has handed out the end.
    boolean ended();

    /// Asks for one more piece.
    void more();

    /// Ends the exchange, and its connection unless that can serve the next call.
    @Override
    void close();
}
