package dev.promptlab.job;

import java.time.Duration;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/// The answer to a submit.
///
/// @param created whether this submit made the job
/// @param age time since it completed; null unless it did
/// @param budgetWarning what to tell the caller when a budget is nearly gone; null otherwise
record Submission(UUID jobId, JobStatus status, boolean created, @Nullable Duration age,
        @Nullable String budgetWarning) {
    Submission(UUID jobId, JobStatus status, boolean created, @Nullable Duration age) {
        this(jobId, status, created, age, null);
    }

    static Submission created(UUID jobId, @Nullable String budgetWarning) {
        return new Submission(jobId, JobStatus.QUEUED, true, null, budgetWarning);
    }

    /// Whether the answer is there already.
    boolean cached() {
        return status == JobStatus.COMPLETED;
    }
}
