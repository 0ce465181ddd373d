package dev.promptlab.bench;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/// How long each of many things took, by `System.nanoTime()`, which all processes of one machine share.
public final class Latencies {
    private Latencies() {}

    /// In milliseconds.
    ///
    /// @param begun by number
    /// @param ended by number; every one that begun must be here
    /// @param percentile 0 to 1
    public static double percentile(Map<Long, Long> begun, Map<Long, Long> ended, double percentile) {
        var sorted = begun.entrySet().stream().mapToDouble(one -> millis(one.getValue(), ended.get(one.getKey())))
                .sorted().toArray();
        return sorted[(int) Math.min(sorted.length - 1, sorted.length * percentile)];
    }

    private static double millis(long begun, @Nullable Long ended) {
        if (ended == null) {
            throw new IllegalStateException("what was submitted was never begun");
        }
        return (ended - begun) / 1e6;
    }
}
