package dev.promptlab.provider.anthropic;

import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.provider.CallFailedException;
import dev.promptlab.provider.ChatRequest;
import dev.promptlab.provider.Message;
import dev.promptlab.provider.ResponseFormat;
import dev.promptlab.provider.ToolChoice;
import dev.promptlab.provider.ToolSpec;
import dev.promptlab.provider.WireFormat;
import dev.promptlab.web.Json;

/// Says a [ChatRequest] in Anthropic's words. System messages become `system`, joined by empty lines; a schema in
/// `responseFormat` becomes `output_config.format` (structured outputs).
record AnthropicRequest(ToIntFunction<String> maxTokens) {
    private static final Map<String, String> NAMES = Map.of("maxTokens", "max_tokens", "topP", "top_p", "topK", "top_k",
            "serviceTier", "service_tier");

    ObjectNode body(ChatRequest request, WireFormat.Delivery delivery) throws CallFailedException {
        var body = Json.object();
        for (var param : request.params().properties()) {
            put(body, param.getKey(), param.getValue());
        }
        body.remove("stream"); // how the answer comes is not the prompt's business
        body.put("model", request.model());
        if (!body.has("max_tokens")) {
            body.put("max_tokens", maxTokens.applyAsInt(request.model()));
        }
        putMessages(body, request);
        if (delivery == WireFormat.Delivery.STREAM) {
            body.put("stream", true);
        }
        return body;
    }

    private static void putMessages(ObjectNode body, ChatRequest request) throws CallFailedException {
        var system = request.messages().stream().filter(message -> message.role().equals("system"))
                .map(Message::content).collect(Collectors.joining("\n\n"));
        if (!system.isEmpty()) {
            body.put("system", system);
        }
        var messages = body.putArray("messages");
        for (var message : request.messages()) {
            switch (message.role()) {
                case "system" -> {}
                case "user", "assistant" -> messages.addObject().put("role", message.role()).put("content",
                        message.content());
                default -> throw CallFailedException
                        .unsupported("Anthropic takes no message with the role " + message.role());
            }
        }
    }

    private static void put(ObjectNode body, String name, JsonNode value) throws CallFailedException {
        switch (name) {
            case "stop" -> body.set("stop_sequences", value.isArray() ? value : Json.array().add(value));
            case "tools" -> putTools(body, value);
            case "toolChoice" -> body.set("tool_choice",
                    ToolChoice.read(value).<JsonNode>map(AnthropicRequest::toolChoice).orElse(value));
            case "responseFormat" -> putResponseFormat(body, ResponseFormat.read(value));
            case "outputConfig", "output_config" -> putOutputConfig(body, value);
            default -> body.set(NAMES.getOrDefault(name, name), value);
        }
    }

    private static void putOutputConfig(ObjectNode body, JsonNode config) {
        if (config instanceof ObjectNode fields) {
            body.withObjectProperty("output_config").setAll(fields); // beside a format that is already there
        } else {
            body.set("output_config", config);
        }
    }

    private static void putTools(ObjectNode body, JsonNode tools) {
        var list = body.putArray("tools");
        tools.forEach(tool -> list.add(tool.has("input_schema") ? tool
                : ToolSpec.read(tool).<JsonNode>map(AnthropicRequest::tool).orElse(tool)));
    }

    private static ObjectNode tool(ToolSpec spec) {
        var tool = Json.object().put("name", spec.name());
        if (spec.description() != null) {
            tool.put("description", spec.description());
        }
        return tool.set("input_schema", spec.schema());
    }

    private static ObjectNode toolChoice(ToolChoice choice) {
        return switch (choice) {
            case ToolChoice.Auto() -> Json.object().put("type", "auto");
            case ToolChoice.None() -> Json.object().put("type", "none");
            case ToolChoice.Required() -> Json.object().put("type", "any");
            case ToolChoice.Named(var name) -> Json.object().put("type", "tool").put("name", name);
        };
    }

    private static void putResponseFormat(ObjectNode body, ResponseFormat format) throws CallFailedException {
        switch (format) {
            case ResponseFormat.Text() -> {}
            case ResponseFormat.AnyJson() -> throw CallFailedException
                    .unsupported("Anthropic has no responseFormat json_object; give a JSON Schema");
            case ResponseFormat.Schema(_, var schema) -> body.withObjectProperty("output_config")
                    .putObject("format").put("type", "json_schema").set("schema", schema);
        }
    }
}
