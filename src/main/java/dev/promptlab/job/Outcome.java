package dev.promptlab.job;

import java.math.BigDecimal;
import java.time.Duration;

import dev.promptlab.db.StorableText;
import dev.promptlab.provider.Usage;
import org.jspecify.annotations.Nullable;

/// What an attempt means for its job. Workers and the sweep decide it; only [QueueStore] writes it.
sealed interface Outcome {
    Attempt attempt();

    /// The job ends: `completed`, `failed` or `cancelled`.
    ///
    /// @param output of a completed job, else null
    /// @param errorCode of a failed job: the failure class
    record End(
            Attempt attempt,
            JobStatus status,
            @Nullable String output,
            @Nullable String finishReason,
            @Nullable String errorCode,
            @Nullable String error) implements Outcome {
        public End {
            output = StorableText.of(output);
            finishReason = StorableText.of(finishReason);
            error = StorableText.of(error);
        }

        /// Cancelled during or after `attempt`.
        static End cancelled(Attempt attempt) {
            return new End(attempt.as("cancelled"), JobStatus.CANCELLED, null, null, null, null);
        }
    }

    /// The job waits and is tried again.
    ///
    /// @param usesTry whether the attempt counts against the budget
    record Again(Attempt attempt, Duration after, boolean usesTry, boolean throttled) implements Outcome {}

    /// One line of the attempt log.
    ///
    /// @param word `completed retry failed unknown cancelled`
    /// @param httpStatus null when there was none, or none that HTTP knows
    /// @param usage null when the provider counted nothing
    /// @param costUsd null when unknown
    /// @param estimated whether the usage is our estimate of a call whose bill is unknown
    record Attempt(
            String word,
            @Nullable String failureClass,
            @Nullable Integer httpStatus,
            @Nullable String requestId,
            @Nullable String message,
            @Nullable Usage usage,
            @Nullable BigDecimal costUsd,
            boolean estimated) {
        private static final int FIRST_STATUS = 100;
        private static final int LAST_STATUS = 599;

        public Attempt {
            httpStatus = httpStatus == null || httpStatus < FIRST_STATUS || httpStatus > LAST_STATUS ? null
                    : httpStatus;
            requestId = StorableText.of(requestId);
            message = StorableText.of(message);
        }

        Attempt as(String otherWord) {
            return new Attempt(otherWord, failureClass, httpStatus, requestId, message, usage, costUsd, estimated);
        }
    }
}
