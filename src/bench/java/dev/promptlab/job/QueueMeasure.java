package dev.promptlab.job;

import dev.promptlab.bench.Figures;

/// One subject of the benchmark of the queue.
interface QueueMeasure extends AutoCloseable {
    /// Measures once.
    void round(Figures figures) throws Exception;

    /// Called once, before the first round; what it finds out costs no round.
    default void prepare(Figures figures) throws Exception {
        round(figures);
    }

    @Override
    default void close() {}
}
