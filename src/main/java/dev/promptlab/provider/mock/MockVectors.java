package dev.promptlab.provider.mock;

import java.util.Locale;

/// Embeddings by hashing words: each word adds 1 or -1 at one place, then the vector is scaled to length 1. Texts that share
/// words come out alike, which is enough to try what works on vectors.
final class MockVectors {
    static final int DIMENSIONS = 64;

    private MockVectors() {}

    static float[] of(String text) {
        var vector = new float[DIMENSIONS];
        for (var word : text.toLowerCase(Locale.ROOT).split("\\W+")) {
            var hash = word.hashCode() * 0x9E3779B9; // spreads the low bits, where short words differ
            vector[hash >>> 26] += (hash & 1) == 0 ? 1 : -1;
        }
        return scaled(vector);
    }

    private static float[] scaled(float[] vector) {
        var squares = 0.0;
        for (var value : vector) {
            squares += value * value;
        }
        if (squares == 0) { // every word met its opposite
            vector[0] = 1;
            return vector;
        }
        for (var i = 0; i < vector.length; i++) {
            vector[i] /= (float) Math.sqrt(squares);
        }
        return vector;
    }
}
