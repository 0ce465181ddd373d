package dev.promptlab.provider;

import com.fasterxml.jackson.databind.JsonNode;

/// The form of the answer, as the `responseFormat` parameter may spell it: a JSON Schema,
/// `{type: "json_schema", schema: {...}}`, OpenAI's `{type: "json_schema", json_schema: {name, schema}}`,
/// `{type: "json_object"}` or `{type: "text"}`.
public sealed interface ResponseFormat {
    record Text() implements ResponseFormat {}

    record AnyJson() implements ResponseFormat {}

    /// @param name for the vendor; `answer` when the request has none
    record Schema(String name, JsonNode schema) implements ResponseFormat {}

    static ResponseFormat read(JsonNode format) {
        return switch (format.path("type").asText()) {
            case "text" -> new Text();
            case "json_object" -> new AnyJson();
            case "json_schema" -> schema(format.path("json_schema").isObject() ? format.path("json_schema") : format);
            default -> new Schema("answer", format);
        };
    }

    private static Schema schema(JsonNode holder) {
        return new Schema(holder.path("name").asText("answer"), holder.path("schema"));
    }
}
