package dev.promptlab.telemetry;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What a label of a metric may say: the first values that it is given, and `other` for all that come after them, so that nobody
/// who may choose a value can fill the memory of those who store metrics. Thread-safe.
public final class Values {
    public static final String OTHER = "other";

    private final int most;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    public Values(int most) {
        this.most = most;
    }

    /// The value itself, or [#OTHER].
    public String of(String value) {
        return (known.contains(value) || take(value)) ? value : OTHER;
    }

    private synchronized boolean take(String value) {
        return known.contains(value) || (known.size() < most && known.add(value));
    }
}
