package dev.promptlab.provider.openai;

import java.util.Arrays;
import java.util.Objects;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.provider.CallFailedException;
import dev.promptlab.provider.EmbeddingReply;

/// Reads `{"data":[{"index":0,"embedding":[...]}, ...],"usage":{...}}`; the entries may come in any order.
final class OpenAiEmbeddings {
    private OpenAiEmbeddings() {}

    static EmbeddingReply.Vectors read(JsonNode body, int inputs) throws CallFailedException {
        var vectors = new float[inputs][];
        var position = 0;
        for (var entry : body.path("data")) {
            var index = entry.path("index").asInt(position++);
            if (index < 0 || index >= inputs || entry.path("embedding").isEmpty()) {
                throw CallFailedException.malformed("an embedding has no vector or belongs to no input");
            }
            vectors[index] = vector(entry.path("embedding"));
        }
        if (Arrays.stream(vectors).anyMatch(Objects::isNull)) {
            throw CallFailedException.malformed("fewer embeddings than inputs");
        }
        return new EmbeddingReply.Vectors(Arrays.asList(vectors), OpenAiUsage.read(body.path("usage")));
    }

    private static float[] vector(JsonNode numbers) {
        var vector = new float[numbers.size()];
        for (var i = 0; i < vector.length; i++) {
            vector[i] = numbers.get(i).floatValue();
        }
        return vector;
    }
}
