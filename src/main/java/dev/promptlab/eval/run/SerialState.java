package dev.promptlab.eval.run;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.promptlab.provider.Message;
import dev.promptlab.web.Json;

/// What later cases of a serial suite know of earlier ones, for each arm and repeat on its own: stored outputs and conversations.
/// Used by one thread.
final class SerialState {
    private final Map<String, ObjectNode> stored = new HashMap<>();
    private final Map<String, ArrayNode> conversations = new HashMap<>();

    /// The case's variables with what earlier answers add.
    ObjectNode vars(Cell cell) {
        var vars = cell.testCase().varsWith(stored.getOrDefault(line(cell), Json.object()));
        vars.set("_conversation", conversation(cell).deepCopy());
        return vars;
    }

    /// A turn's `prompt` is the text or the list of messages that was sent, its `input` the last of them.
    void seen(Cell cell, List<Message> messages, Answer answer) {
        if (answer.text() == null || messages.isEmpty()) {
            return;
        }
        var turn = conversation(cell).addObject().put("input", messages.getLast().content()).put("output",
                answer.text());
        var prompt = Grading.text(messages);
        turn.set("prompt", messages.size() == 1 ? TextNode.valueOf(prompt) : Json.parse(prompt));
        var name = cell.testCase().options().storeOutputAs();
        if (name != null) {
            stored.computeIfAbsent(line(cell), _ -> Json.object()).put(name, answer.text());
        }
    }

    private ArrayNode conversation(Cell cell) {
        return conversations.computeIfAbsent(line(cell) + "\n" + cell.testCase().options().conversation(),
                _ -> Json.array());
    }

    private static String line(Cell cell) {
        return cell.variant().id() + "\n" + cell.repeat();
    }
}
