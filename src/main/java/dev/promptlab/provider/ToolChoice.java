package dev.promptlab.provider;

import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

/// Which tool the model must call, as the `toolChoice` parameter may spell it: `auto`, `none`, `required` (or `any`),
/// `{name: "..."}`, or the form of either vendor.
public sealed interface ToolChoice {
    record Auto() implements ToolChoice {}

    record None() implements ToolChoice {}

    record Required() implements ToolChoice {}

    record Named(String name) implements ToolChoice {}

    /// @return empty for anything else, which is the vendor's business
    static Optional<ToolChoice> read(JsonNode choice) {
        var name = choice.path("function").path("name").asText(choice.path("name").asText(""));
        if (!name.isEmpty()) {
            return Optional.of(new Named(name));
        }
        return switch (choice.isTextual() ? choice.textValue() : choice.path("type").asText()) {
            case "auto" -> Optional.of(new Auto());
            case "none" -> Optional.of(new None());
            case "required", "any" -> Optional.of(new Required());
            default -> Optional.empty();
        };
    }
}
