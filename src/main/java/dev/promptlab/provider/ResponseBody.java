package dev.promptlab.provider;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;

import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// A response whose headers are there and whose body is read within the deadline and the cap. Closing it before the end
/// closes the connection.
final class ResponseBody implements AutoCloseable {
    private static final int MAX_ERROR_BYTES = 64 << 10;

    private final HttpResponse.ResponseInfo response;
    private final Arrivals arrivals;
    private final Deadline deadline;
    private long size;

    ResponseBody(HttpResponse.ResponseInfo response, Arrivals arrivals, Deadline deadline) {
        this.response = response;
        this.arrivals = arrivals;
        this.deadline = deadline;
    }

    @Nullable
    String requestId() {
        return Rejection.requestId(response.headers());
    }

    @Nullable
    RateLimit rateLimit() {
        return RateLimit.read(response.headers(), Instant.now());
    }

    /// JSON is an answer too, whatever was asked for.
    void requireSuccess(String wanted) throws CallFailedException, InterruptedException {
        if (response.statusCode() / 100 != 2) {
            throw new CallFailedException(
                    Rejection.of(response.statusCode(), response.headers(), readError(), Instant.now()));
        }
        if (!isOf(wanted) && !isOf("application/json")) {
            throw malformed("expected " + wanted + ", got content type " + contentType());
        }
    }

    boolean isOf(String contentType) {
        return contentType().toLowerCase(Locale.ROOT).startsWith(contentType);
    }

    private String contentType() {
        return response.headers().firstValue("content-type").orElse("none");
    }

    /// What arrives of the body of an error: its status alone already tells the class, so a body that hangs, breaks or
    /// never ends changes nothing.
    private byte[] readError() throws InterruptedException {
        var bytes = new ByteArrayOutputStream();
        try (this) {
            for (var piece = read(); piece != null && bytes.size() < MAX_ERROR_BYTES; piece = read()) {
                bytes.writeBytes(piece);
            }
        } catch (CallFailedException e) {
            // the part that arrived has to do
        }
        return bytes.toByteArray();
    }

    JsonResponse json() throws CallFailedException, InterruptedException {
        var bytes = new ByteArrayOutputStream();
        for (var piece = read(); piece != null; piece = read()) {
            bytes.writeBytes(piece);
        }
        try {
            return new JsonResponse(Json.read(bytes.toByteArray()), requestId(), rateLimit());
        } catch (IOException e) {
            throw malformed("not JSON: " + beginning(bytes.toByteArray()));
        }
    }

    private static String beginning(byte[] bytes) {
        return new String(bytes, 0, Math.min(bytes.length, 200), StandardCharsets.UTF_8);
    }

    /// The next piece of the body; null at its end.
    byte @Nullable [] read() throws CallFailedException, InterruptedException {
        if (arrivals.ended()) {
            return null;
        }
        return switch (arrivals.next(deadline)) {
            case null -> throw timedOut(response.statusCode(), requestId());
            case Arrivals.Arrival.Bytes bytes -> accept(bytes);
            case Arrivals.Arrival.End() -> null;
            case Arrivals.Arrival.Broken(var cause) -> throw unavailable(response.statusCode(), requestId(),
                    "the answer broke off", cause, ProviderReply.Billing.UNKNOWN);
            case Arrivals.Arrival.Head _ -> throw new IllegalStateException("a second head (bug)");
        };
    }

    private byte[] accept(Arrivals.Arrival.Bytes bytes) throws CallFailedException {
        size += bytes.size();
        int most = isOf("text/event-stream") ? HttpCalls.MAX_STREAM_BYTES : HttpCalls.MAX_RESPONSE_BYTES;
        if (size > most) {
            throw failure(FailureClass.RESPONSE_TOO_LARGE, response.statusCode(), requestId(),
                    "the answer is larger than " + (most >> 20) + " MiB");
        }
        arrivals.more();
        var joined = ByteBuffer.allocate(bytes.size());
        bytes.buffers().forEach(joined::put);
        return joined.array();
    }

    /// Waits a moment for the end, so that the connection can serve the next call.
    void drain(Deadline patience) throws InterruptedException {
        while (!arrivals.ended()) {
            switch (arrivals.next(patience)) {
                case Arrivals.Arrival.Bytes _ -> arrivals.more();
                case Arrivals.Arrival.End() -> {}
                case Arrivals.Arrival.Broken _,Arrivals.Arrival.Head _ -> {
                    return;
                }
                case null -> {
                    return;
                }
            }
        }
    }

    private CallFailedException malformed(String what) {
        return failure(FailureClass.MALFORMED_RESPONSE, response.statusCode(), requestId(), what);
    }

    static CallFailedException timedOut(@Nullable Integer status, @Nullable String requestId) {
        return failure(FailureClass.TIMEOUT, status, requestId,
                status == null ? "no answer before the deadline" : "the answer was not complete before the deadline");
    }

    static CallFailedException unavailable(@Nullable Integer status, @Nullable String requestId, String what,
            Throwable cause, ProviderReply.Billing billing) {
        return new CallFailedException(new ProviderReply.Failure(FailureClass.UNAVAILABLE, status,
                what + ": " + detail(cause), requestId, null, billing, null));
    }

    /// The first message down the chain of causes; the JDK often leaves the outer ones empty.
    private static String detail(Throwable failure) {
        if (failure.getMessage() != null) {
            return failure.getMessage();
        }
        return failure.getCause() == null ? failure.getClass().getSimpleName() : detail(failure.getCause());
    }

    private static CallFailedException failure(FailureClass failureClass, @Nullable Integer status,
            @Nullable String requestId, String what) {
        return new CallFailedException(new ProviderReply.Failure(failureClass, status, what, requestId, null,
                ProviderReply.Billing.UNKNOWN, null));
    }

    @Override
    public void close() {
        arrivals.close();
    }
}
