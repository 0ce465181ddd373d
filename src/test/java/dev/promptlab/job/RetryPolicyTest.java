package dev.promptlab.job;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

import dev.promptlab.provider.FailureClass;
import dev.promptlab.provider.ProviderReply.Billing;
import dev.promptlab.provider.ProviderReply.Failure;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class RetryPolicyTest {
    private final RetryPolicy policy = new RetryPolicy(
            List.of(Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(10)));

    @Test
    void waitsOneThreeAndTenSecondsGiveOrTakeAFifth() {
        assertThat(again(job(5, 5, 0), FailureClass.UNAVAILABLE, null).after()).isBetween(millis(800), millis(1200));
        assertThat(again(job(5, 4, 0), FailureClass.UNAVAILABLE, null).after()).isBetween(millis(2400), millis(3600));
        assertThat(again(job(5, 3, 0), FailureClass.UNAVAILABLE, null).after()).isBetween(millis(8000), millis(12_000));
        assertThat(again(job(5, 2, 0), FailureClass.UNAVAILABLE, null).after()).isBetween(millis(8000), millis(12_000));
    }

    @Test
    void theProvidersRetryAfterWinsWhenItIsLonger() {
        assertThat(again(job(3, 3, 0), FailureClass.UNAVAILABLE, Duration.ofSeconds(7)).after())
                .isEqualTo(Duration.ofSeconds(7));
        assertThat(again(job(3, 3, 0), FailureClass.UNAVAILABLE, millis(10)).after())
                .isGreaterThanOrEqualTo(millis(800));
    }

    @Test
    void beingAskedToWaitUsesUpNoTry() {
        var again = again(job(3, 1, 0), FailureClass.RATE_LIMITED, Duration.ofSeconds(2));

        assertThat(again.usesTry()).isFalse();
        assertThat(again.throttled()).isTrue();
    }

    @Test
    void beingAskedToWaitTenTimesIsEnough() {
        assertThat(policy.afterFailure(job(3, 1, 10), failure(FailureClass.RATE_LIMITED, Duration.ofSeconds(2)), null))
                .isInstanceOf(Outcome.End.class);
        assertThat(again(job(3, 2, 10), FailureClass.RATE_LIMITED, Duration.ofSeconds(2)).usesTry()).isTrue();
    }

    @Test
    void aRateLimitWithoutRetryAfterUsesUpATry() {
        assertThat(again(job(3, 3, 0), FailureClass.RATE_LIMITED, null).usesTry()).isTrue();
    }

    @Test
    void aCallThatTriesForAHeldLaneUsesUpNoTry() {
        var again = again(job(3, 1, 0, true), FailureClass.UNAVAILABLE, null);

        assertThat(again.usesTry()).isFalse();
        assertThat(again.throttled()).isTrue();
        assertThat(policy.afterFailure(job(3, 1, 10, true), failure(FailureClass.UNAVAILABLE, null), null))
                .isInstanceOf(Outcome.End.class);
        assertThat(policy.afterFailure(job(3, 3, 0, true), failure(FailureClass.AUTHENTICATION, null), null))
                .isInstanceOf(Outcome.End.class);
    }

    @Test
    void theLastTryEndsTheJob() {
        var outcome = policy.afterFailure(job(3, 1, 0), failure(FailureClass.TIMEOUT, null), null);

        assertThat(outcome).isInstanceOfSatisfying(Outcome.End.class, end -> {
            assertThat(end.status()).isEqualTo(JobStatus.FAILED);
            assertThat(end.errorCode()).isEqualTo("timeout");
            assertThat(end.attempt().word()).isEqualTo("failed");
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"SPEND_LIMIT", "INVALID_REQUEST", "AUTHENTICATION", "MODEL_NOT_FOUND", "CONTENT_FILTERED",
            "RESPONSE_TOO_LARGE"})
    void whatCannotGetBetterEndsAtOnce(FailureClass failureClass) {
        assertThat(policy.afterFailure(job(3, 3, 0), failure(failureClass, null), null))
                .isInstanceOf(Outcome.End.class);
    }

    @Test
    void anUnreadableAnswerIsTriedOnceMore() {
        assertThat(again(job(5, 5, 0), FailureClass.MALFORMED_RESPONSE, null)).isNotNull();
        assertThat(policy.afterFailure(job(5, 4, 0), failure(FailureClass.MALFORMED_RESPONSE, null), null))
                .isInstanceOf(Outcome.End.class);
    }

    @Test
    void aRefusedCallCostsNothingAndAnUnknownOneItsInput() {
        var refused = policy.afterFailure(job(3, 3, 0), failure(FailureClass.RATE_LIMITED, null), null).attempt();
        assertThat(refused.costUsd()).isEqualByComparingTo("0");
        assertThat(refused.estimated()).isFalse();

        var unknown = policy.afterFailure(job(3, 3, 0),
                new Failure(FailureClass.TIMEOUT, null, "slow", null, null, Billing.UNKNOWN, null), null).attempt();
        assertThat(unknown.costUsd()).isEqualByComparingTo("0.25");
        assertThat(unknown.usage()).isNotNull();
        assertThat(unknown.estimated()).isTrue();
    }

    private Outcome.Again again(ClaimedJob job, FailureClass failureClass, @Nullable Duration retryAfter) {
        return (Outcome.Again) policy.afterFailure(job, failure(failureClass, retryAfter), null);
    }

    private static Failure failure(FailureClass failureClass, @Nullable Duration retryAfter) {
        return new Failure(failureClass, 500, "no", null, retryAfter, Billing.NOTHING, null);
    }

    private static ClaimedJob job(int maxAttempts, int triesLeft, int throttled) {
        return job(maxAttempts, triesLeft, throttled, false);
    }

    private static ClaimedJob job(int maxAttempts, int triesLeft, int throttled, boolean trial) {
        return new ClaimedJob(UUID.randomUUID(), UUID.randomUUID(), new ClaimedJob.Lane(1, 0, false, trial), "mock",
                "echo", "[]", "{}", 1, maxAttempts,
                triesLeft,
                throttled, 1, null, 12, new BigDecimal("0.25"));
    }

    private static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }
}
