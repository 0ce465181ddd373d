package dev.promptlab.provider;

import java.util.Optional;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/// A tool as the `tools` parameter may spell it, so that a template runs on either format: ours
/// (`{name, description?, parameters}`), OpenAI's (`{type: "function", function: {...}}`) or Anthropic's
/// (`{name, description?, input_schema}`).
///
/// @param schema JSON Schema of the arguments
public record ToolSpec(String name, @Nullable String description, JsonNode schema) {
    /// @return empty for anything else, such as a tool that the vendor runs itself
    public static Optional<ToolSpec> read(JsonNode tool) {
        var function = tool.path("function").isObject() ? tool.path("function") : tool;
        var name = function.path("name").textValue();
        return name == null ? Optional.empty()
                : Stream.of("parameters", "input_schema").map(function::path).filter(JsonNode::isObject).findFirst()
                        .map(schema -> new ToolSpec(name, function.path("description").textValue(), schema));
    }
}
