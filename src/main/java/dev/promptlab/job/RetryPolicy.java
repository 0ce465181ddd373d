package dev.promptlab.job;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

import dev.promptlab.job.Outcome.Attempt;
import dev.promptlab.provider.FailureClass;
import dev.promptlab.provider.ProviderReply;
import dev.promptlab.provider.Usage;
import org.jspecify.annotations.Nullable;

/// Decides what a failed attempt means for its job. Waits 1 s, 3 s, 10 s (by default) with +-20 % jitter; a provider's
/// Retry-After wins when longer. Being asked to wait uses up no try, nor does a call that tries for a held lane (together at
/// most 10 times a job).
///
/// @param backoff by number of tries used up; the last one repeats
/// @param jitter a new factor for each wait
record RetryPolicy(List<Duration> backoff, DoubleSupplier jitter) {
    static final String EXPIRED = "expired";
    static final String EXPIRED_MESSAGE = "the job expired before it was answered";

    private static final String OVER_BUDGET = "budget_exceeded";
    private static final int MAX_THROTTLED = 10;
    private static final Duration MAX_WAIT = Duration.ofHours(24);

    RetryPolicy(List<Duration> backoff) {
        this(backoff, () -> ThreadLocalRandom.current().nextDouble(0.8, 1.2));
    }

    /// After the provider, or the way to it, failed.
    ///
    /// @param costUsd of `failure.usage()`, if it has one
    Outcome afterFailure(ClaimedJob job, ProviderReply.Failure failure, @Nullable BigDecimal costUsd) {
        boolean throttled = job.throttled() < MAX_THROTTLED && (isAskedToWait(failure) || isFailedTrial(job, failure));
        boolean again = throttled || mayTryAgain(job, failure.failureClass());
        var attempt = attempt(job, failure, again ? "retry" : "failed", costUsd);
        if (again) {
            int step = throttled ? job.throttled() : job.maxAttempts() - job.triesLeft();
            return new Outcome.Again(attempt, wait(step, failure.retryAfter()), !throttled, throttled);
        }
        return failed(attempt, failure.failureClass().code(), failure.message());
    }

    private static boolean isAskedToWait(ProviderReply.Failure failure) {
        return failure.failureClass() == FailureClass.RATE_LIMITED && failure.retryAfter() != null;
    }

    /// The call only tried for its whole lane whether the provider is there again.
    private static boolean isFailedTrial(ClaimedJob job, ProviderReply.Failure failure) {
        return job.lane().trial() && switch (failure.failureClass()) {
            case RATE_LIMITED, UNAVAILABLE, TIMEOUT -> true;
            default -> false;
        };
    }

    /// After a worker vanished with the job: the call may or may not have been made.
    Outcome afterLostLease(QueueStore.Expired job) {
        var message = "the worker disappeared before it recorded an outcome; the call may have been made";
        var attempt = new Attempt("unknown", "lease_lost", null, null, message, Usage.of(job.inputTokens(), 0),
                job.inputCostUsd(), true);
        if (job.cancel()) {
            return Outcome.End.cancelled(attempt);
        }
        return job.triesLeft() > 1
                ? new Outcome.Again(attempt, wait(job.maxAttempts() - job.triesLeft(), null), true, false)
                : failed(attempt, "lease_lost", message);
    }

    /// After this process cut the call itself, because it stops or because a member cancelled.
    Outcome afterInterrupt(ClaimedJob job, boolean cancelled) {
        var message = cancelled ? "cancelled while the call was under way"
                : "the worker stopped while the call was under way";
        var attempt = new Attempt("unknown", null, null, null, message, Usage.of(job.estimatedInputTokens(), 0),
                job.estimatedInputCostUsd(), true);
        return cancelled ? Outcome.End.cancelled(attempt) : new Outcome.Again(attempt, Duration.ZERO, false, false);
    }

    /// After a bug of ours: no second try, since it would do the same.
    static Outcome afterBug(String message) {
        var attempt = new Attempt("failed", "internal_error", null, null, message, null, null, false);
        return failed(attempt, "internal_error", message);
    }

    /// When this process cannot even try: nobody was called.
    static Outcome afterMisconfiguration(String message) {
        var attempt = new Attempt("failed", "not_configured", null, null, message, Usage.NONE, BigDecimal.ZERO, false);
        return failed(attempt, "not_configured", message);
    }

    /// When the next call does not fit into a budget any more: nobody was called.
    static Outcome afterBudget(String message) {
        return failed(new Attempt("failed", OVER_BUDGET, null, null, message, Usage.NONE, BigDecimal.ZERO, false),
                OVER_BUDGET, message);
    }

    /// When the job expired before the call was made.
    static Outcome afterExpiry() {
        return failed(new Attempt("failed", EXPIRED, null, null, EXPIRED_MESSAGE, Usage.NONE, BigDecimal.ZERO, false),
                EXPIRED,
                EXPIRED_MESSAGE);
    }

    private static Outcome failed(Attempt attempt, String code, String message) {
        return new Outcome.End(attempt, JobStatus.FAILED, null, null, code, message);
    }

    private static boolean mayTryAgain(ClaimedJob job, FailureClass failure) {
        return job.triesLeft() > 1 && switch (failure.retry()) {
            case YES -> true;
            case ONCE -> job.triesLeft() == job.maxAttempts();
            case NO -> false;
        };
    }

    /// A refused call costs nothing; one whose bill is unknown counts its input at least.
    private static Attempt attempt(ClaimedJob job, ProviderReply.Failure failure, String word,
            @Nullable BigDecimal costUsd) {
        boolean estimated = failure.usage() == null && failure.billing() == ProviderReply.Billing.UNKNOWN;
        var usage = failure.usage() != null ? failure.usage()
                : estimated ? Usage.of(job.estimatedInputTokens(), 0) : Usage.NONE;
        var cost = failure.usage() != null ? costUsd : estimated ? job.estimatedInputCostUsd() : BigDecimal.ZERO;
        return new Attempt(word, failure.failureClass().code(), failure.httpStatus(), failure.requestId(),
                failure.message(), usage, cost, estimated);
    }

    private Duration wait(int step, @Nullable Duration retryAfter) {
        var base = backoff.get(Math.clamp(step, 0, backoff.size() - 1));
        var jittered = Duration
                .ofMillis(Math.round(base.toMillis() * jitter.getAsDouble()));
        if (retryAfter == null || retryAfter.compareTo(jittered) <= 0) {
            return jittered;
        }
        return retryAfter.compareTo(MAX_WAIT) < 0 ? retryAfter : MAX_WAIT;
    }
}
