package dev.promptlab.provider;

import java.util.OptionalLong;
import java.util.function.Consumer;

/// One place that answers prompts. Thread-safe; every method blocks its (virtual) thread until the outcome is known or
/// [CallOptions#timeout] has passed, body included. Expected failures are values ([ProviderReply.Failure]); an interrupt
/// closes the connection and surfaces as [InterruptedException].
public interface Provider {
    /// The whole answer at once.
    ProviderReply generate(ChatRequest request, CallOptions options) throws InterruptedException;

    /// As [#generate], with the text handed to `delta` as it arrives, in order, on the calling thread. The reply repeats the
    /// whole text. A stream that ends before the provider said so is a failure, whatever had arrived.
    ProviderReply stream(ChatRequest request, CallOptions options, Consumer<String> delta) throws InterruptedException;

    /// The most tokens that the answer to such a call may have, all its parts together; empty when nothing bounds it. Asks nobody.
    OptionalLong outputBound(CallSize call);

    /// One vector per input, in order. A provider without embeddings answers with a failure that says so.
    EmbeddingReply embed(EmbeddingRequest request, CallOptions options) throws InterruptedException;
}
