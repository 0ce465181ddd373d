package dev.promptlab.eval.assertion;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.promptlab.provider.Message;
import org.jspecify.annotations.Nullable;

/// Puts questions to the judge: the suite's own prompt or ours, filled.
final class Asking {
    private final Judge judge;
    private final Values values;

    Asking(Judge judge, Values values) {
        this.judge = judge;
        this.values = values;
    }

    /// @param part which of several prompts: the name in an object, or the number in a list
    /// @param more what the prompt may use beside the variables of the case
    String ask(Check check, JsonNode ours, Part part, ObjectNode more, int vote)
            throws JudgeException, InterruptedException {
        var vars = check.output().vars().deepCopy();
        vars.setAll(more);
        var own = part.of(check.spec().rubricPrompt());
        return judge.ask(messages(own.isMissingNode() ? ours : own, vars), check.spec().judge(), vote);
    }

    /// The JSON object in the judge's answer.
    ObjectNode askJson(Check check, JsonNode ours, Part part, ObjectNode more, int vote)
            throws JudgeException, InterruptedException {
        var reply = ask(check, ours, part, more, vote);
        return object(reply).orElseThrow(() -> new Ungradable("the judge answered without JSON: " + shortened(reply)));
    }

    static Optional<ObjectNode> object(String reply) {
        return LooseJson.objects(reply).stream().filter(JsonNode::isObject).map(ObjectNode.class::cast).findFirst();
    }

    static String shortened(String text) {
        return text.length() <= 300 ? text : text.substring(0, 300) + "…";
    }

    /// One of the prompts under `rubricPrompt`.
    record Part(String name, int index) {
        static final Part ONLY = new Part("", -1);

        JsonNode of(@Nullable JsonNode prompts) {
            if (prompts == null) {
                return MissingNode.getInstance();
            }
            if (index >= 0) {
                var one = prompts.isArray() ? prompts.path(index) : prompts.path(name);
                return one.has("content") ? one.path("content") : one;
            }
            return prompts;
        }
    }

    private List<Message> messages(JsonNode prompt, ObjectNode vars) {
        var list = prompt.isTextual() ? chat(prompt.textValue()) : prompt;
        if (list.isTextual()) {
            return List.of(new Message("user", values.fill(list.textValue(), vars)));
        }
        var messages = new ArrayList<Message>();
        for (var message : list) {
            messages.add(new Message(message.path("role").asText("user"),
                    values.fill(Values.text(message.path("content")), vars)));
        }
        return messages;
    }

    private static JsonNode chat(String text) {
        try {
            var json = LooseJson.parse(text);
            return json.isArray() && json.path(0).has("role") ? json : TextNode.valueOf(text);
        } catch (IOException _) {
            return TextNode.valueOf(text);
        }
    }
}
