package dev.promptlab.eval.run;

import java.math.BigDecimal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// What a call gave.
///
/// @param text null with `error`
/// @param error why there is no answer
/// @param costUsd null = unknown
/// @param latencyMs null = it did not come from a call
/// @param cached no call was made for it here
public record Answer(@Nullable String text, @Nullable String error, @Nullable String finishReason, long inputTokens,
        long outputTokens, @Nullable BigDecimal costUsd, @Nullable Long latencyMs, @Nullable JsonNode logprobs,
        boolean cached) {

    public static Answer failed(String error) {
        return new Answer(null, error, null, 0, 0, BigDecimal.ZERO, null, null, false);
    }

    /// Given by the suite instead of a call.
    static Answer given(String text) {
        return new Answer(text, null, "stop", 0, 0, BigDecimal.ZERO, null, null, false);
    }

    public Answer fromCache() {
        return new Answer(text, error, finishReason, inputTokens, outputTokens, costUsd, null, logprobs, true);
    }

    /// Whole answers only: not an error, not cut, not refused by a filter.
    public boolean isCacheable() {
        return text != null && ("stop".equals(finishReason) || "tool_calls".equals(finishReason));
    }

    public ObjectNode toJson() {
        var json = Json.object().put("text", text).put("error", error).put("finishReason", finishReason)
                .put("inputTokens", inputTokens).put("outputTokens", outputTokens).put("costUsd", costUsd)
                .put("latencyMs", latencyMs).put("cached", cached);
        if (logprobs != null) {
            json.set("logprobs", logprobs);
        }
        return json;
    }

    public static Answer read(JsonNode json) {
        return new Answer(json.path("text").textValue(), json.path("error").textValue(),
                json.path("finishReason").textValue(), json.path("inputTokens").asLong(),
                json.path("outputTokens").asLong(),
                json.path("costUsd").isNumber() ? json.path("costUsd").decimalValue() : null,
                json.path("latencyMs").isNumber() ? json.path("latencyMs").longValue() : null, json.get("logprobs"),
                json.path("cached").booleanValue());
    }
}
