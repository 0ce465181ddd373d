package dev.promptlab.callback;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.promptlab.callback.Delivery.Result;
import dev.promptlab.config.Settings;
import dev.promptlab.egress.PinnedHttp.Answer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class CallPolicyTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private final CallPolicy policy = new CallPolicy(
            Settings.load(Map.of(), Map.of()).callbackBackoff(), Clock.fixed(NOW, ZoneOffset.UTC));

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204, 299})
    void everySuccessIsADelivery(int status) {
        assertThat(policy.afterAnswer(attempt(1, Duration.ZERO), new Answer(status, "")))
                .isEqualTo(new Result.Delivered(status));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 307, 400, 401, 404, 408, 429, 500, 503})
    void everythingElseIsTriedAgain(int status) {
        var result = policy.afterAnswer(attempt(1, Duration.ZERO), new Answer(status, ""));
        assertThat(result).isInstanceOf(Result.Again.class);
        assertThat(result.status()).isEqualTo(status);
    }

    @Test
    void goneEndsTheCalls() {
        assertThat(policy.afterAnswer(attempt(1, Duration.ZERO), new Answer(410, "")))
                .isInstanceOf(Result.GaveUp.class);
    }

    @RepeatedTest(20)
    void waitsGrowFromSecondsToHoursGiveOrTakeAFifth() {
        var nominal = List.of(10, 60, 300, 1_800, 7_200, 21_600, 43_200);
        for (int i = 0; i < nominal.size(); i++) {
            var wait = wait(policy.afterFailure(attempt(i + 1, Duration.ZERO), "refused"));
            assertThat(wait).isBetween(Duration.ofMillis(nominal.get(i) * 800L),
                    Duration.ofMillis(nominal.get(i) * 1_200L));
        }
        assertThat(policy.afterFailure(attempt(nominal.size() + 1, Duration.ZERO), "refused"))
                .isEqualTo(new Result.GaveUp(null, "refused"));
    }

    @Test
    void noCallComesLaterThanADayAfterTheRoundBegan() {
        assertThat(wait(policy.afterFailure(attempt(7, Duration.ofHours(20)), "refused")))
                .isEqualTo(Duration.ofHours(4));
        assertThat(policy.afterFailure(attempt(7, Duration.ofHours(24)), "refused")).isInstanceOf(Result.GaveUp.class);
    }

    @Test
    void aReceiverMayAskForMoreTimeAndNotForLess() {
        assertThat(wait(policy.afterAnswer(attempt(1, Duration.ZERO), new Answer(503, "3600"))))
                .isEqualTo(Duration.ofHours(1));
        assertThat(wait(policy.afterAnswer(attempt(1, Duration.ZERO), new Answer(429, "1"))))
                .isGreaterThanOrEqualTo(Duration.ofSeconds(8));
        assertThat(wait(policy.afterAnswer(attempt(1, Duration.ofHours(1)), new Answer(503, "999999999"))))
                .isEqualTo(Duration.ofHours(23));
    }

    @Test
    void retryAfterIsSecondsOrADate() {
        assertThat(policy.retryAfter("120")).isEqualTo(Duration.ofMinutes(2));
        assertThat(policy.retryAfter("Sat, 31 Jan 2026 12:05:00 GMT")).isEqualTo(Duration.ofMinutes(5));
        assertThat(List.of("", "soon", "-1", "1.5", "99999999999999999999")).allSatisfy(
                text -> assertThat(policy.retryAfter(text)).isZero());
    }

    private static Duration wait(Result result) {
        assertThat(result).isInstanceOf(Result.Again.class);
        return ((Result.Again) result).after();
    }

    private static Delivery attempt(int number, Duration age) {
        return new Delivery(UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID(), URI.create("https://example.com/"),
                number, number, age);
    }
}
