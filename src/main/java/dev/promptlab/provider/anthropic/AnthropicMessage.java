package dev.promptlab.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.provider.CallFailedException;
import dev.promptlab.provider.ProviderReply;
import dev.promptlab.provider.ToolCalls;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// An answer as it grows, block by block. Text and tool calls are kept; thinking and what the vendor's own tools did are
/// not part of the output. For one thread.
final class AnthropicMessage {
    private final StringBuilder text = new StringBuilder();
    private final ToolCalls toolCalls = new ToolCalls();
    private final AnthropicUsage usage = new AnthropicUsage();
    private @Nullable String finishReason;

    AnthropicUsage usage() {
        return usage;
    }

    /// @return the text of the block
    String begin(int index, JsonNode block) {
        switch (block.path("type").asText()) {
            case "text" -> {
                return append(block.path("text").asText());
            }
            case "tool_use" -> {
                toolCalls.begin(index, block.path("id").asText(), block.path("name").asText());
                if (!block.path("input").isEmpty()) {
                    toolCalls.append(index, Json.text(block.path("input")));
                }
            }
            default -> {} // unknown blocks must not break an answer
        }
        return "";
    }

    /// @return the text of the delta
    String grow(int index, JsonNode delta) {
        switch (delta.path("type").asText()) {
            case "text_delta" -> {
                return append(delta.path("text").asText());
            }
            case "input_json_delta" -> toolCalls.append(index, delta.path("partial_json").asText());
            default -> {} // thinking, signatures, citations
        }
        return "";
    }

    private String append(String more) {
        text.append(more);
        return more;
    }

    void stop(String stopReason) {
        finishReason = switch (stopReason) {
            case "end_turn", "stop_sequence" -> "stop";
            case "max_tokens", "model_context_window_exceeded" -> "length";
            case "tool_use" -> "tool_calls";
            case "refusal" -> "content_filter";
            default -> stopReason;
        };
    }

    ProviderReply.Answer answer(@Nullable String requestId) throws CallFailedException {
        var reason = finishReason == null ? "stop" : finishReason;
        if (reason.equals("content_filter") && text.isEmpty()) {
            throw CallFailedException.refused("the model refused to answer", usage.value());
        }
        var output = reason.equals("tool_calls") ? toolCalls.output(text.toString()) : text.toString();
        return new ProviderReply.Answer(output, reason, usage.value(), requestId, null);
    }
}
