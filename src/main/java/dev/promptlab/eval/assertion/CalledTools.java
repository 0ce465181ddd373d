package dev.promptlab.eval.assertion;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;

/// Calls of tools as suites for promptfoo expect them in the output, which is how OpenAI writes them: a list of
/// `{id, type, function: {name, arguments}}` with the arguments as text, or one `{name, arguments}` where the suite offers the
/// tools as `functions`.
public final class CalledTools {
    private static final String MARK = "function_call";

    private CalledTools() {}

    /// Tools that a suite writes as `functions`, so that [#of] knows them.
    public static JsonNode asFunctions(JsonNode functions) {
        for (var each : functions) {
            if (each instanceof ObjectNode function) {
                function.put("type", MARK);
            }
        }
        return functions;
    }

    /// Empty when the answer calls none.
    ///
    /// @param answer as [dev.promptlab.provider.ToolCalls] writes it
    /// @param tools of the arm
    public static Optional<JsonNode> of(String answer, JsonNode tools) {
        if (!answer.startsWith("{\"toolCalls\":")) {
            return Optional.empty();
        }
        try {
            var json = Json.read(answer.getBytes(StandardCharsets.UTF_8));
            var calls = calls(json.path("toolCalls"));
            if (json.has("text")) {
                return Optional.of(Json.object().put("role", "assistant").put("content", json.path("text").asText())
                        .set("tool_calls", calls));
            }
            return Optional.of(tools.path(0).path("type").asText().equals(MARK) && calls.size() == 1
                    ? calls.get(0).path("function") : calls);
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private static ArrayNode calls(JsonNode ours) {
        var calls = Json.array();
        for (var each : ours) {
            var arguments = each.path("arguments");
            calls.addObject().put("id", each.path("id").asText()).put("type", "function")
                    .set("function", Json.object().put("name", each.path("name").asText()).put("arguments",
                            arguments.isTextual() ? arguments.textValue() : Json.text(arguments)));
        }
        return calls;
    }
}
