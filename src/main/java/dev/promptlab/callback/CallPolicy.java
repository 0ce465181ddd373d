package dev.promptlab.callback;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

import dev.promptlab.callback.Delivery.Result;
import dev.promptlab.egress.PinnedHttp.Answer;
import org.jspecify.annotations.Nullable;

/// What an answer means, and when a call that failed is made again: after each of `waits` once (give or take 20 %), later if the
/// receiver asks for it, and never later than a day after the round began.
///
/// @param waits 10 s, 1 m, 5 m, 30 m, 2 h, 6 h, 12 h unless set
record CallPolicy(List<Duration> waits, Clock clock) {
    static final Duration LIMIT = Duration.ofHours(24);
    private static final double JITTER = 0.2;
    private static final int GONE = 410;

    CallPolicy {
        waits = List.copyOf(waits);
    }

    Result afterAnswer(Delivery delivery, Answer answer) {
        if (answer.status() / 100 == 2) {
            return new Result.Delivered(answer.status());
        }
        var error = "the receiver answered " + answer.status()
                + (answer.status() / 100 == 3 ? ", and redirects are not followed" : "");
        return answer.status() == GONE ? new Result.GaveUp(GONE, error + " (gone): it wants no more calls")
                : again(delivery, retryAfter(answer.retryAfter()), answer.status(), error);
    }

    Result afterFailure(Delivery delivery, String error) {
        return again(delivery, Duration.ZERO, null, error);
    }

    private Result again(Delivery delivery, Duration asked, @Nullable Integer status, String error) {
        var left = LIMIT.minus(delivery.roundAge());
        if (delivery.roundAttempt() > waits.size() || !left.isPositive()) {
            return new Result.GaveUp(status, error);
        }
        var wait = jittered(waits.get(delivery.roundAttempt() - 1));
        return new Result.Again(shorter(left, asked.compareTo(wait) > 0 ? asked : wait), status, error);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration jittered(Duration wait) {
        double factor = ThreadLocalRandom.current().nextDouble(1 - JITTER, 1 + JITTER);
        return Duration.ofMillis(Math.round(wait.toMillis() * factor));
    }

    /// Seconds or a date (RFC 9110); what is neither asks for nothing.
    Duration retryAfter(String header) {
        if (header.matches("\\d{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(header));
        }
        try {
            return Duration.between(clock.instant(),
                    ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
        } catch (DateTimeException e) {
            return Duration.ZERO;
        }
    }
}
