package dev.promptlab.provider;

import java.util.OptionalLong;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/// A provider behind HTTP: one [WireFormat] over the shared [HttpCalls].
public final class HttpProvider implements Provider {
    private static final String HIDDEN = "***";
    /// Fewer characters of a secret than these tell nobody anything.
    private static final int TELLING = 4;

    private final WireFormat format;
    private final HttpCalls calls;

    public HttpProvider(WireFormat format, HttpCalls calls) {
        this.format = format;
        this.calls = calls;
    }

    @Override
    public ProviderReply generate(ChatRequest request, CallOptions options) throws InterruptedException {
        HttpCalls.Post post;
        try {
            post = format.chat(request, WireFormat.Delivery.WHOLE);
        } catch (CallFailedException e) {
            return e.failure();
        }
        JsonResponse response = null;
        try {
            response = calls.post(post, options.timeout());
            return format.read(response).with(response.rateLimit());
        } catch (CallFailedException e) {
            return known(e.failure(), post, response == null ? null : response.requestId(), null);
        }
    }

    @Override
    public ProviderReply stream(ChatRequest request, CallOptions options, Consumer<String> delta)
            throws InterruptedException {
        HttpCalls.Post post;
        try {
            post = format.chat(request, WireFormat.Delivery.STREAM);
        } catch (CallFailedException e) {
            return e.failure();
        }
        var reader = format.readStream(delta);
        try (var events = calls.stream(post, options.timeout())) {
            var rateLimit = events.rateLimit(); // its reset counts from the headers on
            try {
                readAll(events, reader);
                return reader.answer(events.requestId()).with(rateLimit);
            } catch (CallFailedException e) {
                return known(e.failure(), post, events.requestId(), reader.usage());
            }
        } catch (CallFailedException e) {
            return known(e.failure(), post, null, null);
        }
    }

    @Override
    public OptionalLong outputBound(CallSize call) {
        return format.outputBound(call);
    }

    private static void readAll(EventStream events, StreamReader reader)
            throws CallFailedException, InterruptedException {
        try {
            while (!reader.finished()) {
                var event = events.next();
                if (event == null) {
                    throw new CallFailedException(new ProviderReply.Failure(FailureClass.UNAVAILABLE, 200,
                            "the stream ended before the answer did", null, null, ProviderReply.Billing.UNKNOWN, null));
                }
                reader.accept(event);
            }
            events.drain();
        } catch (CallFailedException e) {
            if (!reader.complete()) {
                throw e;
            }
        }
    }

    @Override
    public EmbeddingReply embed(EmbeddingRequest request, CallOptions options) throws InterruptedException {
        HttpCalls.Post post;
        try {
            post = format.embeddings(request);
        } catch (CallFailedException e) {
            return new EmbeddingReply.Failed(e.failure());
        }
        try {
            return format.readEmbeddings(calls.post(post, options.timeout()), request);
        } catch (CallFailedException e) {
            return new EmbeddingReply.Failed(known(e.failure(), post, null, null));
        }
    }

    /// With what else is known, and without the secret that a provider may have echoed.
    private static ProviderReply.Failure known(ProviderReply.Failure failure, HttpCalls.Post post,
            @Nullable String requestId, @Nullable Usage usage) {
        return new ProviderReply.Failure(failure.failureClass(), failure.httpStatus(),
                without(post.secret(), failure.message()),
                failure.requestId() == null ? requestId : failure.requestId(), failure.retryAfter(), failure.billing(),
                failure.usage() == null ? usage : failure.usage(), failure.rateLimit());
    }

    /// Also without the beginning of the secret where the message was cut.
    private static String without(String secret, String message) {
        if (secret.isEmpty()) {
            return message;
        }
        var hidden = message.replace(secret, HIDDEN);
        var end = hidden.endsWith(ProviderReply.Failure.CUT) ? ProviderReply.Failure.CUT : "";
        var text = hidden.substring(0, hidden.length() - end.length());
        for (int length = Math.min(secret.length(), text.length()); length >= TELLING; length--) {
            if (text.endsWith(secret.substring(0, length))) {
                return text.substring(0, text.length() - length) + HIDDEN + end;
            }
        }
        return hidden;
    }
}
