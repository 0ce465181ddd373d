package dev.promptlab.provider;

import java.util.List;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// What to ask, in the product's own words; each wire format maps it.
///
/// @param messages in order; `system` messages first if any
/// @param params open map, camelCase (`temperature maxTokens topP stop seed responseFormat tools toolChoice logprobs topLogprobs ...`);
///        names a format does not know go through unchanged; `tools`, `toolChoice` and `responseFormat` may be spelled as
///        [ToolSpec], [ToolChoice] and [ResponseFormat] say
public record ChatRequest(String model, List<Message> messages, ObjectNode params) {
    public ChatRequest {
        messages = List.copyOf(messages);
    }
}
