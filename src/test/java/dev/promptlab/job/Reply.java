package dev.promptlab.job;

import java.math.BigDecimal;
import java.time.Duration;

import dev.promptlab.job.Outcome.Attempt;
import dev.promptlab.provider.FailureClass;
import dev.promptlab.provider.ProviderReply;
import dev.promptlab.provider.ProviderReply.Billing;
import dev.promptlab.provider.Usage;
import org.jspecify.annotations.Nullable;

/// What a provider may say, and with it what the worker decides.
enum Reply {
    ANSWER, DOWN, TIMEOUT, LIMITED, ASKED_TO_WAIT, MALFORMED, REFUSED,
    /// The worker cut the call because it stops, or because the job is to be cancelled.
    STOPPED, CUT;

    Outcome outcome(ClaimedJob job, RetryPolicy policy) {
        return switch (this) {
            case ANSWER -> completed(job);
            case DOWN -> policy.afterFailure(job, failure(FailureClass.UNAVAILABLE, 503, null), null);
            case TIMEOUT -> policy.afterFailure(job, failure(FailureClass.TIMEOUT, null, null), null);
            case LIMITED -> policy.afterFailure(job, failure(FailureClass.RATE_LIMITED, 429, null), null);
            case ASKED_TO_WAIT -> policy.afterFailure(job,
                    failure(FailureClass.RATE_LIMITED, 429, Duration.ofSeconds(2)), null);
            case MALFORMED -> policy.afterFailure(job, failure(FailureClass.MALFORMED_RESPONSE, 200, null), null);
            case REFUSED -> policy.afterFailure(job, failure(FailureClass.INVALID_REQUEST, 400, null), null);
            case STOPPED -> policy.afterInterrupt(job, false);
            case CUT -> policy.afterInterrupt(job, true);
        };
    }

    /// The output names the claim that paid for it.
    static String output(ClaimedJob job) {
        return job.jobId() + " epoch " + job.epoch();
    }

    private static Outcome completed(ClaimedJob job) {
        var attempt = new Attempt("completed", null, 200, "req", null, Usage.of(36, 783), new BigDecimal("0.25"),
                false);
        return new Outcome.End(attempt, JobStatus.COMPLETED, output(job), "stop", null, null);
    }

    private static ProviderReply.Failure failure(FailureClass failureClass, @Nullable Integer status,
            @Nullable Duration retryAfter) {
        return new ProviderReply.Failure(failureClass, status, "no", "req", retryAfter, Billing.UNKNOWN, null);
    }
}
