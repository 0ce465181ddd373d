package dev.promptlab.provider;

import java.util.OptionalLong;
import java.util.function.Consumer;

/// A provider that is never asked for a stream: its text comes in one piece, at the end.
record WholeAnswers(Provider provider) implements Provider {
    @Override
    public ProviderReply generate(ChatRequest request, CallOptions options) throws InterruptedException {
        return provider.generate(request, options);
    }

    @Override
    public ProviderReply stream(ChatRequest request, CallOptions options, Consumer<String> delta)
            throws InterruptedException {
        var reply = provider.generate(request, options);
        if (reply instanceof ProviderReply.Answer answer) {
            delta.accept(answer.output());
        }
        return reply;
    }

    @Override
    public EmbeddingReply embed(EmbeddingRequest request, CallOptions options) throws InterruptedException {
        return provider.embed(request, options);
    }

    @Override
    public OptionalLong outputBound(CallSize size) {
        return provider.outputBound(size);
    }
}
