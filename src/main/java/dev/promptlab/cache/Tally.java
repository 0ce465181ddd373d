package dev.promptlab.cache;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Counts in memory what is written now and then. Thread-safe.
final class Tally {
    private final Map<UUID, Counts> counts = new ConcurrentHashMap<>();

    void hit(UUID workspaceId, Hit hit, Reusable job) {
        add(workspaceId, Counts.of(hit, job));
    }

    void joined(UUID workspaceId) {
        add(workspaceId, Counts.JOINED);
    }

    void miss(UUID workspaceId) {
        add(workspaceId, Counts.MISS);
    }

    void add(UUID workspaceId, Counts more) {
        counts.merge(workspaceId, more, Counts::plus);
    }

    /// What came together since the last time; the caller has it now, and gives back by [#add] what it could not write.
    Map<UUID, Counts> take() {
        var taken = new ConcurrentHashMap<UUID, Counts>();
        for (var workspaceId : counts.keySet()) {
            counts.computeIfPresent(workspaceId, (id, sum) -> {
                taken.put(id, sum);
                return null;
            });
        }
        return taken;
    }
}
