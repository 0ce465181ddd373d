package dev.promptlab.provider;

import java.util.OptionalLong;
import java.util.function.Consumer;

/// What differs between vendors: how a request is said and how an answer is read. [HttpProvider] does the rest.
/// Thread-safe.
public interface WireFormat {
    /// How the answer is to come.
    enum Delivery {
        WHOLE, STREAM
    }

    /// @throws CallFailedException when the format has no words for the request
    HttpCalls.Post chat(ChatRequest request, Delivery delivery) throws CallFailedException;

    /// As [Provider#outputBound].
    OptionalLong outputBound(CallSize call);

    /// @throws CallFailedException when the body is not what the format promises, or holds a refusal
    ProviderReply.Answer read(JsonResponse response) throws CallFailedException;

    /// A reader for one stream.
    StreamReader readStream(Consumer<String> delta);

    /// @throws CallFailedException when the format has no embeddings
    HttpCalls.Post embeddings(EmbeddingRequest request) throws CallFailedException;

    /// @throws CallFailedException when the body does not hold one vector per input
    EmbeddingReply.Vectors readEmbeddings(JsonResponse response, EmbeddingRequest request) throws CallFailedException;
}
