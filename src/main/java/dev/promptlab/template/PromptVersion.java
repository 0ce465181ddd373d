package dev.promptlab.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.provider.Message;
import dev.promptlab.web.Failure;

/// One version of a template as a job uses it. Immutable, thread-safe; the name is that of the moment it was resolved.
public final class PromptVersion {
    private final UUID templateId;
    private final Pointer pointer;
    private final CompiledContent content;

    PromptVersion(UUID templateId, Pointer pointer, CompiledContent content) {
        this.templateId = templateId;
        this.pointer = pointer;
        this.content = content;
    }

    public UUID templateId() {
        return templateId;
    }

    public String templateName() {
        return pointer.name();
    }

    public int version() {
        return pointer.version();
    }

    public Defaults defaults() {
        return content.defaults();
    }

    /// Holds the variables against the schema of the version.
    ///
    /// @throws Failure.Invalid with everything that does not fit, under `variables.<path>`
    public void check(ObjectNode variables) {
        var errors = content.check(variables);
        if (!errors.isEmpty()) {
            throw new Failure.Invalid(List.of(), errors);
        }
    }

    /// The messages of the prompt.
    ///
    /// @throws Failure.Invalid naming every undefined variable as `variables.<path>`, and whatever else does not fit
    public List<Message> render(ObjectNode variables) {
        var rendered = content.render(variables);
        if (rendered.missing().isEmpty() && rendered.errors().isEmpty()) {
            return rendered.messages();
        }
        var errors = new LinkedHashMap<String, List<String>>();
        rendered.missing().forEach((path, why) -> add(errors, "variables." + path, why));
        rendered.errors().forEach((path, messages) -> {
            boolean ofVariable = path.startsWith("variables.");
            messages.forEach(message -> add(errors, ofVariable ? path : "variables",
                    ofVariable ? message : "do not fit the template, " + path + " " + message));
        });
        throw new Failure.Invalid(List.of(), errors);
    }

    private static void add(Map<String, List<String>> errors, String path, String message) {
        errors.computeIfAbsent(path, _ -> new ArrayList<>()).add(message);
    }

    CompiledContent content() {
        return content;
    }
}
