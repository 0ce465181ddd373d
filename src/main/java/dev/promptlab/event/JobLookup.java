package dev.promptlab.event;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/// Who knows the jobs.
@FunctionalInterface
public interface JobLookup {
    /// @param endedAt null while it lives
    record Life(Instant createdAt, @Nullable Instant endedAt) {
        boolean isOver() {
            return endedAt != null;
        }
    }

    /// Empty when the workspace has no such job.
    Optional<Life> find(UUID workspaceId, UUID jobId);
}
