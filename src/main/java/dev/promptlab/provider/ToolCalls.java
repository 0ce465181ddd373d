package dev.promptlab.provider;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.promptlab.web.Json;

/// Tool calls of one answer, whole or in fragments. Written as
/// `{"toolCalls":[{"id":"...","name":"...","arguments":{...}}],"text":"..."}`; `text` only when the model said something
/// beside them, `arguments` as text when the model did not write JSON. For one thread.
public final class ToolCalls {
    private record Call(String id, String name, StringBuilder arguments) {}

    private final TreeMap<Integer, Call> calls = new TreeMap<>();

    /// @param index position in the answer
    public void begin(int index, String id, String name) {
        calls.putIfAbsent(index, new Call(id, name, new StringBuilder()));
    }

    /// Adds a fragment of the arguments of a call that has begun; others are passed over.
    public void append(int index, String json) {
        var call = calls.get(index);
        if (call != null) {
            call.arguments().append(json);
        }
    }

    public boolean isEmpty() {
        return calls.isEmpty();
    }

    public String output(String text) {
        var output = Json.object();
        var list = output.putArray("toolCalls");
        calls.values().forEach(call -> list.addObject().put("id", call.id()).put("name", call.name())
                .set("arguments", arguments(call.arguments().toString())));
        if (!text.isEmpty()) {
            output.put("text", text);
        }
        return Json.text(output);
    }

    private static JsonNode arguments(String json) {
        if (json.isBlank()) {
            return Json.object();
        }
        try {
            return Json.read(json.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            return TextNode.valueOf(json);
        }
    }
}
