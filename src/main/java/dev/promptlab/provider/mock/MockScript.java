package dev.promptlab.provider.mock;

import java.time.Duration;
import java.util.OptionalInt;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.provider.ProviderError;
import dev.promptlab.provider.ProviderReply;
import org.jspecify.annotations.Nullable;

/// The parameters that steer the mock; others are passed over, as a real provider's would be.
///
/// @param latency `latencyMs`, 0 to 600,000: how long the whole answer takes; a stream spreads it over its words
/// @param failures `failures`, 0 to 1,000: so many first attempts of a job fail
/// @param status `status`, 400 to 599, default 500: what they fail with
/// @param retryAfter `retryAfter`, 0 to 86,400 seconds: what they ask for
/// @param outputTokens `outputTokens`, 0 to 100,000: length of the answer in words
/// @param maxTokens `maxTokens`, from 1: a longer answer is cut, and ends with `length`
record MockScript(Duration latency, int failures, int status, @Nullable Duration retryAfter, OptionalInt outputTokens,
        int maxTokens) {

    /// @throws IllegalArgumentException when a parameter is out of its range
    static MockScript read(ObjectNode params) {
        var retryAfter = number(params, "retryAfter", 0, 86_400);
        return new MockScript(Duration.ofMillis(number(params, "latencyMs", 0, 600_000).orElse(0)),
                number(params, "failures", 0, 1_000).orElse(0), number(params, "status", 400, 599).orElse(500),
                retryAfter.isPresent() ? Duration.ofSeconds(retryAfter.getAsInt()) : null,
                number(params, "outputTokens", 0, 100_000),
                number(params, "maxTokens", 1, Integer.MAX_VALUE).orElse(Integer.MAX_VALUE));
    }

    private static OptionalInt number(ObjectNode params, String name, int min, int max) {
        if (!params.hasNonNull(name)) {
            return OptionalInt.empty();
        }
        var node = params.get(name);
        if (!node.canConvertToExactIntegral() || !node.canConvertToInt() || node.intValue() < min
                || node.intValue() > max) {
            throw new IllegalArgumentException(
                    "mock takes " + name + " as a whole number from " + min + " to " + max + ", not " + node);
        }
        return OptionalInt.of(node.intValue());
    }

    ProviderReply.Failure failure() {
        var message = "mock was told to fail with " + status;
        return MockProvider.failure(new ProviderError("", "", message, null).classify(status), status, message,
                retryAfter);
    }
}
