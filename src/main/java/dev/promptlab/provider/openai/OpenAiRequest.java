package dev.promptlab.provider.openai;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.promptlab.provider.ChatRequest;
import dev.promptlab.provider.ResponseFormat;
import dev.promptlab.provider.ToolChoice;
import dev.promptlab.provider.ToolSpec;
import dev.promptlab.provider.WireFormat;
import dev.promptlab.web.Json;

/// Says a [ChatRequest] in OpenAI's words.
///
/// @param maxTokensName OpenAI renamed `max_tokens`; most other servers know the old name only
record OpenAiRequest(String maxTokensName) {
    private static final Map<String, String> NAMES = Map.ofEntries(Map.entry("topP", "top_p"),
            Map.entry("topK", "top_k"), Map.entry("topLogprobs", "top_logprobs"),
            Map.entry("frequencyPenalty", "frequency_penalty"), Map.entry("presencePenalty", "presence_penalty"),
            Map.entry("logitBias", "logit_bias"), Map.entry("parallelToolCalls", "parallel_tool_calls"),
            Map.entry("reasoningEffort", "reasoning_effort"), Map.entry("serviceTier", "service_tier"));

    ObjectNode body(ChatRequest request, WireFormat.Delivery delivery) {
        var body = Json.object();
        request.params().properties().forEach(param -> put(body, param.getKey(), param.getValue()));
        body.remove(List.of("stream", "stream_options")); // how the answer comes is not the prompt's business
        body.put("model", request.model());
        var messages = body.putArray("messages");
        request.messages().forEach(message -> messages.addObject().put("role", message.role()).put("content",
                message.content()));
        if (delivery == WireFormat.Delivery.STREAM) {
            body.put("stream", true).putObject("stream_options").put("include_usage", true);
        }
        return body;
    }

    private void put(ObjectNode body, String name, JsonNode value) {
        switch (name) {
            case "maxTokens" -> body.set(maxTokensName, value);
            case "tools" -> putTools(body, value);
            case "toolChoice" -> body.set("tool_choice",
                    ToolChoice.read(value).map(OpenAiRequest::toolChoice).orElse(value));
            case "responseFormat" -> body.set("response_format", responseFormat(value));
            default -> body.set(NAMES.getOrDefault(name, name), value);
        }
    }

    private static void putTools(ObjectNode body, JsonNode tools) {
        var list = body.putArray("tools");
        tools.forEach(tool -> list.add(tool.has("function") ? tool
                : ToolSpec.read(tool).<JsonNode>map(OpenAiRequest::tool).orElse(tool)));
    }

    private static ObjectNode tool(ToolSpec spec) {
        var function = Json.object().put("name", spec.name());
        if (spec.description() != null) {
            function.put("description", spec.description());
        }
        function.set("parameters", spec.schema());
        return Json.object().put("type", "function").set("function", function);
    }

    private static JsonNode toolChoice(ToolChoice choice) {
        return switch (choice) {
            case ToolChoice.Auto() -> TextNode.valueOf("auto");
            case ToolChoice.None() -> TextNode.valueOf("none");
            case ToolChoice.Required() -> TextNode.valueOf("required");
            case ToolChoice.Named(var name) -> Json.object().put("type", "function").set("function",
                    Json.object().put("name", name));
        };
    }

    /// OpenAI's own spelling goes through as it is, with `strict` and whatever else it has.
    private static JsonNode responseFormat(JsonNode value) {
        if (value.path("json_schema").isObject()) {
            return value;
        }
        return switch (ResponseFormat.read(value)) {
            case ResponseFormat.Text() -> value;
            case ResponseFormat.AnyJson() -> value;
            case ResponseFormat.Schema(var name, var schema) -> Json.object().put("type", "json_schema").set(
                    "json_schema", Json.object().put("name", name).set("schema", schema));
        };
    }
}
