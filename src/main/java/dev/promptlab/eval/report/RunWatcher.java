package dev.promptlab.eval.report;

/// Sees how far a run is. Called often, by one thread.
@FunctionalInterface
public interface RunWatcher {
    void show(Progress.State state);

    /// The work is over.
    default void end() {}
}
