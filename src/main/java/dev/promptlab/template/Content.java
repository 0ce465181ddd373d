package dev.promptlab.template;

import java.util.List;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.template.schema.VariablesSchema;
import org.jspecify.annotations.Nullable;

/// What one version holds, as it was given: `userPrompt` with or without `systemPrompt`, or else `messages`.
/// Each text is a template.
///
/// @param variablesSchema see [VariablesSchema]; null allows anything
public record Content(@Nullable String systemPrompt, @Nullable String userPrompt, @Nullable List<Turn> messages,
        @Nullable ObjectNode variablesSchema, Defaults defaults) {

    /// One entry of `messages`.
    public sealed interface Turn {
        /// @param role `system`, `user` or `assistant`
        record Text(String role, String content) implements Turn {}

        /// A slot for the messages in the variable `name`, a list of `{role, content}`.
        record History(String name) implements Turn {}
    }

    public Content {
        messages = messages == null ? null : List.copyOf(messages);
    }
}
