package dev.promptlab.job;

import java.time.Duration;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/// The answer to a submit.
///
/// @param created whether this submit made the job
/// @param age time since it completed; null unless it did
record Submission(UUID jobId, JobStatus status, boolean created, @Nullable Duration age) {
    static Submission created(UUID jobId) {
        return new Submission(jobId, JobStatus.QUEUED, true, null);
    }

    /// Whether the answer is there already.
    boolean cached() {
        return status == JobStatus.COMPLETED;
    }
}
