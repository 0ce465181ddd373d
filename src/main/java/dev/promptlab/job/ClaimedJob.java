package dev.promptlab.job;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/// A job that this process may work on until its lease ends.
///
/// @param messages JSON list of `{role, content}`
/// @param params JSON object
/// @param attempt number of this call, from 1
/// @param triesLeft calls that may be used up, this one included
/// @param throttled calls so far that were only asked to wait
/// @param timeLeft until the job expires, at the time of the claim; null = it does not
/// @param epoch fencing number: only its holder may settle
record ClaimedJob(
        UUID jobId,
        UUID workspaceId,
        Lane lane,
        String provider,
        String model,
        String messages,
        String params,
        int attempt,
        int maxAttempts,
        int triesLeft,
        int throttled,
        int epoch,
        @Nullable Duration timeLeft,
        long estimatedInputTokens,
        @Nullable BigDecimal estimatedInputCostUsd) {

    /// The lane as the claim found it.
    ///
    /// @param events see [LaneState]
    /// @param learns whether answers matter, too
    /// @param trial whether the call tries if the lane can go on
    record Lane(int id, int events, boolean learns, boolean trial) {}

    QueueStore.Hold hold() {
        return new QueueStore.Hold(jobId, epoch);
    }
}
