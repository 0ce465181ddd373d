package dev.promptlab.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.provider.Usage;
import org.jspecify.annotations.Nullable;

/// Counts as the vendor reports them: `input_tokens` excludes cached ones, and later reports of a stream replace earlier
/// ones field by field. For one thread.
final class AnthropicUsage {
    private boolean reported;
    private long input;
    private long output;
    private long cacheRead;
    private long cacheWrite;
    private long cacheWrite1h;
    private long reasoning;

    void add(JsonNode usage) {
        if (!usage.isObject()) {
            return;
        }
        reported = true;
        input = count(usage.path("input_tokens"), input);
        output = count(usage.path("output_tokens"), output);
        cacheRead = count(usage.path("cache_read_input_tokens"), cacheRead);
        cacheWrite = count(usage.path("cache_creation_input_tokens"), cacheWrite);
        cacheWrite1h = count(usage.path("cache_creation").path("ephemeral_1h_input_tokens"), cacheWrite1h);
        reasoning = count(usage.path("output_tokens_details").path("thinking_tokens"), reasoning);
    }

    private static long count(JsonNode node, long otherwise) {
        return node.canConvertToLong() && node.longValue() >= 0 ? node.longValue() : otherwise;
    }

    /// What was written to a cache and not to the 1-hour one went to the 5-minute one, also in old reports without details.
    @Nullable
    Usage value() {
        return reported
                ? new Usage(input, output, cacheRead, Math.max(0, cacheWrite - cacheWrite1h), cacheWrite1h, reasoning)
                : null;
    }
}
