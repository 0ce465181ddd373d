package dev.promptlab.job;

import java.time.Duration;

import dev.promptlab.provider.FailureClass;
import dev.promptlab.provider.ProviderReply;
import dev.promptlab.provider.RateLimit;
import org.jspecify.annotations.Nullable;

/// What became of calls of one lane.
///
/// @param answered by the provider, were it with a refusal
/// @param throttled 429
/// @param overloaded 529 and 503
/// @param failed no answer: unavailable or too late; a 503 is one too
/// @param retryAfter the longest wait that a provider asked for
/// @param rateLimit the latest that was said
record LaneReport(Count answered, Count throttled, Count overloaded, Count failed, @Nullable Duration retryAfter,
        @Nullable RateLimit rateLimit) {
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;

    /// @param event latest event of the lane that these calls knew; -1 = there are none
    record Count(int calls, int event) {
        static final Count NONE = new Count(0, -1);

        Count plus(Count other) {
            return new Count(calls + other.calls, Math.max(event, other.event));
        }

        /// Whether one of them was started after the latest event.
        boolean isNews(LaneState state) {
            return event >= state.events();
        }
    }

    /// @param event of the lane when the call was claimed
    static LaneReport of(ProviderReply reply, int event) {
        var one = new Count(1, event);
        var none = Count.NONE;
        return switch (reply) {
            case ProviderReply.Answer answer -> new LaneReport(one, none, none, none, null, answer.rateLimit());
            case ProviderReply.Failure failure -> {
                boolean throttled = failure.failureClass() == FailureClass.RATE_LIMITED;
                boolean pace = throttled && Integer.valueOf(TOO_MANY_REQUESTS).equals(failure.httpStatus());
                boolean failed = failure.failureClass() == FailureClass.UNAVAILABLE
                        || failure.failureClass() == FailureClass.TIMEOUT;
                boolean overloaded = (throttled && !pace)
                        || (failed && Integer.valueOf(UNAVAILABLE).equals(failure.httpStatus()));
                yield new LaneReport(throttled || failed ? none : one, pace ? one : none, overloaded ? one : none,
                        failed ? one : none, throttled || overloaded ? failure.retryAfter() : null,
                        failure.rateLimit());
            }
        };
    }

    LaneReport plus(LaneReport later) {
        var wait = retryAfter == null || (later.retryAfter != null && later.retryAfter.compareTo(retryAfter) > 0)
                ? later.retryAfter
                : retryAfter;
        return new LaneReport(answered.plus(later.answered), throttled.plus(later.throttled),
                overloaded.plus(later.overloaded), failed.plus(later.failed), wait,
                later.rateLimit == null ? rateLimit : later.rateLimit);
    }

    /// Whether no further call of the lane should start before this is written down.
    boolean isUrgent() {
        return throttled.calls() > 0 || overloaded.calls() > 0 || (rateLimit != null && rateLimit.remaining() == 0);
    }
}
