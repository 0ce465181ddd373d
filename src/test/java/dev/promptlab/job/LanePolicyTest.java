package dev.promptlab.job;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;

import dev.promptlab.job.LaneState.Block;
import dev.promptlab.job.LaneState.Reason;
import dev.promptlab.provider.FailureClass;
import dev.promptlab.provider.ProviderReply;
import dev.promptlab.provider.RateLimit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class LanePolicyTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final int CAP = 64;

    @Test
    void aWaitThatTheProviderNamesHoldsTheLaneExactlySoLong() {
        var state = after(started(60), refusal(429, Duration.ofSeconds(17)), NOW);

        assertThat(state.block()).isEqualTo(new Block(NOW.plusSeconds(17), Reason.RATE_LIMITED, 0));
        assertThat(LaneClaim.room(state, NOW.plusMillis(16_999), 0, CAP)).isZero();
        assertThat(LaneClaim.room(state, NOW.plusSeconds(17), 0, CAP)).isEqualTo(1);
    }

    @Test
    void theLongestOfSeveralWaitsCounts() {
        var first = after(started(60), refusal(429, Duration.ofSeconds(17)), NOW);
        var second = after(first, LaneReport.of(reply(429, Duration.ofSeconds(30)), 0), NOW.plusSeconds(1));
        var third = after(second, LaneReport.of(reply(429, Duration.ofSeconds(3)), 0), NOW.plusSeconds(2));

        assertThat(requireNonNull(third.block()).until()).isEqualTo(NOW.plusSeconds(31));
    }

    @Test
    void oneRefusalIsOneEventHoweverManyCallsWereUnderWay() {
        var first = after(started(60), refusal(429, Duration.ofSeconds(17)), NOW);
        var echo = after(first, LaneReport.of(reply(429, null), 0), NOW.plusMillis(50));

        assertThat(echo.events()).isEqualTo(1);
        assertThat(echo.window()).isEqualTo(first.window());
        assertThat(echo.block()).isEqualTo(first.block());
    }

    @Test
    void whereNoTimeIsNamedOneCallTriesAfterTwoEightAndThirtySeconds() {
        var waits = new ArrayList<Long>();
        var state = started(60);
        var now = NOW;
        for (int i = 0; i < 4; i++) {
            state = after(state, LaneReport.of(reply(429, null), state.events()), now);
            var until = requireNonNull(state.block()).until();
            waits.add(Duration.between(now, until).toSeconds());
            now = until;
            assertThat(LaneClaim.room(state, now, 0, CAP)).isEqualTo(1);
            assertThat(LaneClaim.room(state, now, 1, CAP)).isZero();
        }

        assertThat(waits).containsExactly(2L, 8L, 30L, 30L);
        assertThat(after(state, LaneReport.of(answer(null), state.events()), now).block()).isNull();
    }

    @Test
    void anAnswerToACallOfBeforeIsNoSuccessOfTheOneThatTries() {
        var state = after(started(60), LaneReport.of(reply(429, null), 0), NOW);

        assertThat(after(state, LaneReport.of(answer(null), 0), NOW.plusSeconds(3)).block()).isEqualTo(state.block());
    }

    @Test
    void theFirstRefusalTeachesWhatWasAcceptedInTheLastMinute() {
        var state = after(started(61), LaneReport.of(reply(429, null), 0), NOW);

        assertThat(requireNonNull(state.pace()).perMinute()).isCloseTo(0.97 * 60, within(0.01));
    }

    @Test
    void overloadHalvesTheWindowAndTeachesNoPace() {
        var full = new LaneState(null, null, null, null, 0, null, LaneState.Starts.NONE);
        var state = after(full, LaneReport.of(reply(529, null), 0), NOW);

        assertThat(state.window()).isEqualTo(32.0);
        assertThat(state.pace()).isNull();
        assertThat(state.block()).isNull();
    }

    @Test
    void aLimitThatIsNamedIsKeptWithoutARefusal() {
        var said = new RateLimit(60, 55, Duration.ofSeconds(5));
        var state = after(LaneState.fresh(), LaneReport.of(answer(said), 0), NOW);

        assertThat(requireNonNull(state.pace()).perMinute()).isCloseTo(58.2, within(0.01));
        assertThat(state.window()).isNull();
    }

    @Test
    void whenNothingIsLeftTheLaneWaitsUntilTheLimitIsThereAgain() {
        var said = new RateLimit(60, 0, Duration.ofSeconds(12));
        var state = after(LaneState.fresh(), LaneReport.of(answer(said), 0), NOW);

        assertThat(state.block()).isEqualTo(new Block(NOW.plusSeconds(12), Reason.RATE_LIMITED, 0));
    }

    @Test
    void aLimitPerDayIsNotTakenForOnePerMinute() {
        var said = new RateLimit(1_000, 999, Duration.ofSeconds(86));

        assertThat(after(LaneState.fresh(), LaneReport.of(answer(said), 0), NOW).pace()).isNull();
    }

    @Test
    void aDeadEndpointIsTriedAfterFiveSecondsAndThenLessAndLessOften() {
        var waits = new ArrayList<Long>();
        var state = LaneState.fresh();
        var now = NOW;
        for (int i = 0; i < 6; i++) {
            state = LanePolicy.broken(state, now);
            var until = requireNonNull(state.block()).until();
            waits.add(Duration.between(now, until).toSeconds());
            now = until;
        }

        assertThat(waits).containsExactly(5L, 10L, 20L, 40L, 60L, 60L);
        assertThat(LaneClaim.room(state, now, 0, CAP)).isEqualTo(1);
        var mended = LanePolicy.mended(state);
        assertThat(LaneClaim.room(mended, now, 0, CAP)).isEqualTo((int) LanePolicy.FIRST_WINDOW);
    }

    private static LaneState started(int jobs) {
        return LaneClaim.started(LaneState.fresh(), NOW, jobs);
    }

    private static LaneState after(LaneState state, LaneReport report, Instant now) {
        return LanePolicy.next(state, report, now, CAP);
    }

    private static LaneReport refusal(int status, @Nullable Duration retryAfter) {
        return LaneReport.of(reply(status, retryAfter), 0);
    }

    private static ProviderReply answer(@Nullable RateLimit said) {
        return new ProviderReply.Answer("ok", "stop", null, null, null, said);
    }

    private static ProviderReply reply(int status, @Nullable Duration retryAfter) {
        return new ProviderReply.Failure(FailureClass.RATE_LIMITED, status, "slow down", null, retryAfter,
                ProviderReply.Billing.NOTHING, null);
    }
}
