package dev.promptlab.job;

import java.time.Duration;
import java.util.UUID;

import dev.promptlab.cache.Reusable;
import org.jspecify.annotations.Nullable;

/// The answer to a submit.
///
/// @param created whether this submit made the job
/// @param age time since it completed; null unless it did
/// @param reusable what it took; null unless PostgreSQL has said that it is completed
record Submission(UUID jobId, JobStatus status, boolean created, @Nullable Duration age, @Nullable Reusable reusable) {
    static Submission created(UUID jobId) {
        return new Submission(jobId, JobStatus.QUEUED, true, null, null);
    }

    /// As the cache knows it.
    static Submission completed(UUID jobId) {
        return new Submission(jobId, JobStatus.COMPLETED, false, null, null);
    }

    /// Whether the answer is there already.
    boolean cached() {
        return status == JobStatus.COMPLETED;
    }
}
