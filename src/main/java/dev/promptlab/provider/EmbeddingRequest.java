package dev.promptlab.provider;

import java.util.List;

/// Texts to turn into vectors.
public record EmbeddingRequest(String model, List<String> inputs) {
    public EmbeddingRequest {
        inputs = List.copyOf(inputs);
    }
}
