package dev.promptlab.eval.assertion;

import java.math.BigDecimal;
import java.time.Duration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// One answer, with all that assertions look at.
///
/// @param text the answer; tool calls as [dev.promptlab.provider.ToolCalls] writes them
/// @param prompt as it was sent; a list of messages as JSON
/// @param vars of the case, resolved
/// @param latency null when it is not known, which makes `latency` an error
/// @param costUsd null when it is not known, which makes `cost` an error
/// @param logprobs as the provider sent them, when asked for
/// @param tools that the model could call, as `tools` or `functions` of the arm's params
public record Output(
        String text,
        String prompt,
        ObjectNode vars,
        @Nullable Duration latency,
        @Nullable BigDecimal costUsd,
        @Nullable String finishReason,
        @Nullable JsonNode logprobs,
        @Nullable JsonNode tools) {

    /// Only the text.
    public static Output of(String text) {
        return new Output(text, "", Json.object(), null, null, null, null, null);
    }

    public Output withText(String other) {
        return new Output(other, prompt, vars, latency, costUsd, finishReason, logprobs, tools);
    }

    public Output withPrompt(String sent) {
        return new Output(text, sent, vars, latency, costUsd, finishReason, logprobs, tools);
    }

    public Output withVars(ObjectNode values) {
        return new Output(text, prompt, values, latency, costUsd, finishReason, logprobs, tools);
    }

    public Output withTools(JsonNode callable) {
        return new Output(text, prompt, vars, latency, costUsd, finishReason, logprobs, callable);
    }
}
