package dev.promptlab.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.provider.Message;
import dev.promptlab.template.language.Budget;
import dev.promptlab.template.language.RenderException;
import dev.promptlab.template.language.Rendering;

/// Renders the parts of one version once, all on one budget.
final class ContentRenderer {
    private static final int MAX_HISTORY = 1000;
    private static final Set<String> HISTORY_ROLES = Set.of("system", "user", "assistant");

    private final ObjectNode variables;
    private final Budget budget = new Budget();
    private final List<Message> messages = new ArrayList<>();
    private final Map<String, String> missing = new LinkedHashMap<>();
    private final Map<String, List<String>> errors = new LinkedHashMap<>();

    ContentRenderer(ObjectNode variables) {
        this.variables = variables;
    }

    RenderedContent render(List<CompiledContent.Part> parts) {
        for (var part : parts) {
            switch (part) {
                case CompiledContent.Part.Text text -> text(text);
                case CompiledContent.Part.History history -> history(history);
            }
        }
        return new RenderedContent(List.copyOf(messages), missing, errors);
    }

    private void text(CompiledContent.Part.Text text) {
        Rendering rendering;
        try {
            rendering = text.template().render(variables, budget);
        } catch (RenderException e) {
            reject(text.path(), String.valueOf(e.getMessage()));
            rendering = e.partial();
        }
        for (var undefined : rendering.undefined()) {
            missing.putIfAbsent(undefined.path(),
                    "is not defined; " + text.path() + " needs it at " + undefined.position());
        }
        messages.add(new Message(text.role(), rendering.text()));
    }

    private void history(CompiledContent.Part.History history) {
        var list = variables.path(history.name());
        var path = "variables." + history.name();
        if (list.isMissingNode()) {
            missing.putIfAbsent(history.name(), "is not defined; " + history.path()
                    + " needs it, a list of {role, content} that may be empty");
        } else if (!list.isArray() || list.size() > MAX_HISTORY) {
            reject(path, "must be a list of at most " + MAX_HISTORY + " messages {role, content}");
        } else {
            for (int i = 0; i < list.size(); i++) {
                turn(path + "[" + i + "]", list.get(i));
            }
        }
    }

    private void turn(String path, JsonNode turn) {
        var role = turn.path("role").asText();
        var content = turn.path("content");
        if (!HISTORY_ROLES.contains(role)) {
            reject(path + ".role", "must be one of system, user, assistant");
        } else if (!content.isTextual()) {
            reject(path + ".content", "must be a string");
        } else if (turn.size() > 2) {
            reject(path, "must have the fields role and content only");
        } else {
            messages.add(new Message(role, content.textValue()));
        }
    }

    private void reject(String path, String message) {
        errors.computeIfAbsent(path, _ -> new ArrayList<>()).add(message);
    }
}
