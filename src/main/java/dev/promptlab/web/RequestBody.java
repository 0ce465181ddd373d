package dev.promptlab.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

import io.javalin.http.Context;

/// How a request body is read: whole, up to a size, within a time.
///
/// @param maxBytes what is kept; of a larger body some more is read, so that the client gets to read our answer
/// @param patience from the first read to the last byte; one byte now and then does not prolong it
record RequestBody(int maxBytes, Duration patience) {
    private static final int MAX_DISCARDED_BYTES = 64 << 20;
    private static final int CHUNK_BYTES = 16 << 10;

    /// @throws Failure.PayloadTooLarge when it is larger
    /// @throws Failure.RequestTimeout when it does not arrive in time
    byte[] read(Context ctx) {
        if (ctx.contentLength() > maxBytes && ctx.header("Expect") != null) {
            throw tooLarge();
        }
        try {
            return read(ctx.req().getInputStream());
        } catch (IOException e) {
            if (e instanceof java.net.SocketTimeoutException || e.getCause() instanceof TimeoutException) {
                throw tooSlow();
            }
            throw Failure.Invalid.form("the body ended early");
        }
    }

    private byte[] read(InputStream stream) throws IOException {
        long end = System.nanoTime() + patience.toNanos();
        var kept = new ByteArrayOutputStream();
        var chunk = new byte[CHUNK_BYTES];
        long total = 0;
        for (int count = stream.read(chunk); count >= 0; count = stream.read(chunk)) {
            total += count;
            if (total <= maxBytes) {
                kept.write(chunk, 0, count);
            } else if (total > (long) maxBytes + MAX_DISCARDED_BYTES) {
                throw tooLarge();
            }
            if (System.nanoTime() > end) {
                throw tooSlow();
            }
        }
        if (total > maxBytes) {
            throw tooLarge();
        }
        return kept.toByteArray();
    }

    private Failure tooLarge() {
        return new Failure.PayloadTooLarge(
                "the body is larger than the " + maxBytes + " bytes that this server takes; see PROMPTLAB_MAX_BODY");
    }

    private Failure tooSlow() {
        return new Failure.RequestTimeout(
                "the body did not arrive in time: " + patience.toSeconds() + " s for all of it");
    }
}
