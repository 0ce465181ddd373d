package dev.promptlab.provider;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// A response that is no success, as a [ProviderReply.Failure].
final class Rejection {
    private static final String REDIRECT = "redirects are not followed; the base URL must be the provider's own";

    private Rejection() {}

    static ProviderReply.Failure of(int status, HttpHeaders headers, byte[] body, Instant now) {
        var error = error(body);
        var requestId = requestId(headers);
        return new ProviderReply.Failure(error.classify(status), status,
                status / 100 == 3 ? REDIRECT : error.describe(status),
                requestId == null ? error.requestId() : requestId, retryAfter(headers, now).orElse(null),
                billing(status), null, RateLimit.read(headers, now));
    }

    private static ProviderError error(byte[] body) {
        try {
            return ProviderError.read(Json.read(body));
        } catch (IOException e) {
            var text = new String(body, StandardCharsets.UTF_8).strip();
            return ProviderError.ofText(text.startsWith("<") ? "" : text); // a proxy's HTML page helps nobody
        }
    }

    /// Behind 408, 502 and 504 stands a gateway that gave up on a model which may have gone on.
    static ProviderReply.Billing billing(int status) {
        return status == 408 || status == 502 || status == 504 ? ProviderReply.Billing.UNKNOWN
                : ProviderReply.Billing.NOTHING;
    }

    static @Nullable String requestId(HttpHeaders headers) {
        return headers.firstValue("request-id").or(() -> headers.firstValue("x-request-id")).orElse(null);
    }

    /// `retry-after-ms`, else `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3); what cannot be read is
    /// absent, what has passed is zero.
    static Optional<Duration> retryAfter(HttpHeaders headers, Instant now) {
        return headers.firstValue("retry-after-ms").flatMap(text -> milliseconds(text, 1))
                .or(() -> headers.firstValue("retry-after")
                        .flatMap(text -> milliseconds(text, 1_000).or(() -> until(text, now))));
    }

    private static Optional<Duration> milliseconds(String text, int unit) {
        return text.strip().matches("\\d{1,9}(\\.\\d{1,9})?")
                ? Optional.of(Duration.ofMillis((long) Math.ceil(Double.parseDouble(text.strip()) * unit)))
                : Optional.empty();
    }

    private static Optional<Duration> until(String text, Instant now) {
        try {
            var wait = Duration.between(now,
                    ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
            return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
