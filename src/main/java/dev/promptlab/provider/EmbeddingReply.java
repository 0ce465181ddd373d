package dev.promptlab.provider;

import java.util.List;

import org.jspecify.annotations.Nullable;

/// What became of one call for embeddings.
public sealed interface EmbeddingReply {
    /// One vector per input, in the order of the inputs. Callers must not write to the arrays.
    record Vectors(List<float[]> vectors, @Nullable Usage usage) implements EmbeddingReply {}

    /// No vectors.
    record Failed(ProviderReply.Failure failure) implements EmbeddingReply {}
}
