package dev.promptlab.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.provider.Usage;
import org.jspecify.annotations.Nullable;

/// Reads `usage`. `prompt_tokens` includes what was read from and written to the cache, [Usage#input] does not. OpenAI
/// counts reasoning inside `completion_tokens`; xAI and Google count it beside, which shows in `total_tokens`, so the
/// output is whatever of the total is not prompt.
final class OpenAiUsage {
    private OpenAiUsage() {}

    /// @return null when there is none
    static @Nullable Usage read(JsonNode usage) {
        if (!usage.path("prompt_tokens").isNumber()) {
            return null;
        }
        var prompt = count(usage.path("prompt_tokens"));
        var details = usage.path("prompt_tokens_details");
        var cacheRead = Math.max(count(details.path("cached_tokens")), count(usage.path("prompt_cache_hit_tokens")));
        var cacheWrite = count(details.path("cache_write_tokens"));
        var output = Math.max(count(usage.path("completion_tokens")), count(usage.path("total_tokens")) - prompt);
        return new Usage(Math.max(0, prompt - cacheRead - cacheWrite), output, cacheRead, cacheWrite, 0,
                count(usage.path("completion_tokens_details").path("reasoning_tokens")));
    }

    private static long count(JsonNode node) {
        return node.canConvertToLong() ? Math.max(0, node.longValue()) : 0;
    }
}
