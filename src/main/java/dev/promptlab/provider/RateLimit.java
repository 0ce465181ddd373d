package dev.promptlab.provider;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/// What a provider says about its limit of requests, in the headers of any answer. Both vendors mean a minute by it, and OpenAI
/// and those that follow it also a day; `reset` tells them apart.
///
/// @param limit requests that the provider allows in its period
/// @param remaining how many are left of them now
/// @param reset until the whole limit is there again; null = not said
public record RateLimit(long limit, long remaining, @Nullable Duration reset) {
    /// The parts of `6m0s`, `1.5s`, `20ms`, `1h2m3s`.
    private static final Pattern PART = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ms|s|m|h|d)");
    private static final Pattern PARTS = Pattern.compile("(?:" + PART + ")+");
    private static final Pattern SECONDS = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");
    private static final Pattern COUNT = Pattern.compile("\\d{1,12}");

    /// Reads `x-ratelimit-*-requests` (OpenAI) or `anthropic-ratelimit-requests-*`; null when neither is there or readable.
    static @Nullable RateLimit read(HttpHeaders headers, Instant now) {
        var openAi = read(headers, "x-ratelimit-", "-requests", now);
        return openAi == null ? read(headers, "anthropic-ratelimit-requests-", "", now) : openAi;
    }

    private static @Nullable RateLimit read(HttpHeaders headers, String before, String after, Instant now) {
        var limit = count(headers, before + "limit" + after);
        var remaining = count(headers, before + "remaining" + after);
        if (limit.isEmpty() || limit.get() == 0 || remaining.isEmpty()) {
            return null;
        }
        var reset = headers.firstValue(before + "reset" + after).flatMap(text -> wait(text.strip(), now));
        return new RateLimit(limit.get(), remaining.get(), reset.orElse(null));
    }

    private static Optional<Long> count(HttpHeaders headers, String name) {
        return headers.firstValue(name).map(String::strip).filter(text -> COUNT.matcher(text).matches())
                .map(Long::valueOf);
    }

    /// Vendors write a duration, seconds, or a time (RFC 3339).
    private static Optional<Duration> wait(String text, Instant now) {
        if (SECONDS.matcher(text).matches()) {
            return Optional.of(millis(Double.parseDouble(text) * 1_000));
        }
        if (PARTS.matcher(text).matches()) {
            return Optional.of(millis(PART.matcher(text).results()
                    .mapToDouble(part -> Double.parseDouble(part.group(1)) * unit(part.group(2))).sum()));
        }
        try {
            var wait = Duration.between(now, OffsetDateTime.parse(text).toInstant());
            return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Duration millis(double millis) {
        return Duration.ofMillis((long) Math.ceil(millis));
    }

    private static long unit(String name) {
        return switch (name) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            case "d" -> 86_400_000;
            default -> throw new IllegalStateException("the pattern knows no " + name + " (bug)");
        };
    }
}
