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
/// @param budgetWarning what to tell the caller when a budget is nearly gone; null otherwise
record Submission(UUID jobId, JobStatus status, boolean created, @Nullable Duration age, @Nullable Reusable reusable,
        @Nullable String budgetWarning) {
    static Submission created(UUID jobId, @Nullable String budgetWarning) {
        return new Submission(jobId, JobStatus.QUEUED, true, null, null, budgetWarning);
    }

    /// As the cache knows it.
    static Submission completed(UUID jobId) {
        return existing(jobId, JobStatus.COMPLETED, null, null);
    }

    static Submission existing(UUID jobId, JobStatus status, @Nullable Duration age, @Nullable Reusable reusable) {
        return new Submission(jobId, status, false, age, reusable, null);
    }

    /// Whether the answer is there already.
    boolean cached() {
        return status == JobStatus.COMPLETED;
    }
}
