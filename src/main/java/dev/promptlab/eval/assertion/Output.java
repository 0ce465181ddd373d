package dev.promptlab.eval.assertion;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// One answer, with all that assertions look at.
///
/// @param text the answer; tool calls as [dev.promptlab.provider.ToolCalls] writes them
/// @param json the answer as scripts see it when it is not just text: what a transform returned, or see [#read]
/// @param prompt as it was sent; a list of messages as JSON
/// @param vars of the case, resolved
/// @param latency null when it is not known, which makes `latency` an error
/// @param costUsd null when it is not known, which makes `cost` an error
/// @param logprobs as the provider sent them, when asked for
/// @param tools that the model could call, as `tools` or `functions` of the arm's params
public record Output(
        String text,
        @Nullable JsonNode json,
        String prompt,
        ObjectNode vars,
        @Nullable Duration latency,
        @Nullable BigDecimal costUsd,
        @Nullable String finishReason,
        @Nullable JsonNode logprobs,
        @Nullable JsonNode tools) {

    /// An answer as it came.
    public Output(String text, String prompt, ObjectNode vars, @Nullable Duration latency, @Nullable BigDecimal costUsd,
            @Nullable String finishReason, @Nullable JsonNode logprobs, @Nullable JsonNode tools) {
        this(text, null, prompt, vars, latency, costUsd, finishReason, logprobs, tools);
    }

    /// Only the text.
    public static Output of(String text) {
        return new Output(text, "", Json.object(), null, null, null, null, null);
    }

    /// For an answer that was asked for as JSON: scripts see the object, everything else the text.
    public Output read() {
        try {
            var parsed = LooseJson.parse(text);
            return parsed.isContainerNode() ? withJson(parsed, text) : this;
        } catch (IOException _) {
            return this;
        }
    }

    /// Something else in place of the answer.
    public Output withValue(JsonNode value) {
        return withJson(value.isTextual() ? null : value, Values.text(value));
    }

    private Output withJson(@Nullable JsonNode value, String words) {
        return new Output(words, value, prompt, vars, latency, costUsd, finishReason, logprobs, tools);
    }

    public Output withPrompt(String sent) {
        return new Output(text, json, sent, vars, latency, costUsd, finishReason, logprobs, tools);
    }

    public Output withVars(ObjectNode values) {
        return new Output(text, json, prompt, values, latency, costUsd, finishReason, logprobs, tools);
    }

    public Output withTools(JsonNode callable) {
        return new Output(text, json, prompt, vars, latency, costUsd, finishReason, logprobs, callable);
    }

    /// As scripts see it.
    JsonNode value() {
        return json == null ? TextNode.valueOf(text) : json;
    }
}
