package dev.promptlab.eval.suite;

import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.provider.Message;
import org.jspecify.annotations.Nullable;

/// A prompt of a suite: plain text, or chat messages when the text is JSON or YAML. Immutable, thread-safe.
///
/// @param raw as written
/// @param json `raw` when it is JSON: then every string inside is a template of its own
public record Prompt(String label, String raw, @Nullable JsonNode json) {
    /// The messages to send.
    ///
    /// @throws UnfilledException when a variable is undefined and `strict`, or a value does not fit
    public List<Message> messages(ObjectNode vars, CaseOptions options, boolean strict) throws UnfilledException {
        return PromptRenderer.render(this, vars, options, strict);
    }
}
