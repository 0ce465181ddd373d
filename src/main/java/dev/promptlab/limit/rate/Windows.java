package dev.promptlab.limit.rate;

/// The windows of all callers. Thread-safe.
sealed interface Windows extends AutoCloseable permits LocalWindows, SharedWindows {
    /// Counts one request if the limit leaves room for it.
    Verdict admit(Ask ask);

    /// As things stand: counts nothing.
    Verdict look(Ask ask);

    @Override
    void close();
}
