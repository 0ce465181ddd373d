package dev.promptlab.template;

import java.util.List;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.template.language.TemplateSyntaxException;
import dev.promptlab.template.language.TemplateText;
import dev.promptlab.template.schema.VariablesSchema;
import dev.promptlab.web.Fields;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// Reads the content of a version from a request and rejects in it whatever could not be rendered later.
final class ContentFields {
    private static final int MAX_TEXT = 200_000;
    private static final int MAX_MESSAGES = 100;
    private static final int MAX_SCHEMA = 100_000;
    private static final String HISTORY = "history";
    private static final List<String> ROLES = List.of("system", "user", "assistant", HISTORY);

    private ContentFields() {}

    /// @return only to be used when `fields` passes its check
    static Content read(Fields fields) {
        var systemPrompt = template(fields, "systemPrompt");
        var userPrompt = template(fields, "userPrompt");
        var messages = fields.list("messages", MAX_MESSAGES, ContentFields::turn);
        if (fields.has("messages")) {
            rejectBoth(fields, "systemPrompt");
            rejectBoth(fields, "userPrompt");
        } else if (!fields.has("userPrompt")) {
            fields.reject("userPrompt", "is required, unless there are messages");
        }
        if (messages != null && messages.stream().allMatch(ContentFields::isSystem)) {
            fields.reject("messages", "must have at least one message that is not of the system");
        }
        var defaults = fields.object("defaults", ContentFields::defaults);
        return new Content(systemPrompt, userPrompt, messages, schema(fields), defaults == null ? Defaults.NONE
                : defaults);
    }

    private static void rejectBoth(Fields fields, String name) {
        if (fields.has(name)) {
            fields.reject(name, "must not stand beside messages; make it one of them");
        }
    }

    private static boolean isSystem(Content.Turn turn) {
        return turn instanceof Content.Turn.Text(var role, _) && role.equals("system");
    }

    private static Content.Turn turn(Fields fields) {
        var role = fields.oneOf("role", ROLES);
        if (!fields.has("role")) {
            fields.reject("role", "is required");
        }
        if (HISTORY.equals(role)) {
            var name = fields.requiredText("name", 100);
            if (!name.isEmpty() && !TemplateText.isVariableName(name)) {
                fields.reject("name", "must be the name of a variable: letters, digits and _");
            }
            return new Content.Turn.History(name);
        }
        var content = template(fields, "content");
        if (!fields.has("content")) {
            fields.reject("content", "is required");
        }
        return new Content.Turn.Text(role == null ? "" : role, content == null ? "" : content);
    }

    private static @Nullable String template(Fields fields, String name) {
        var text = fields.text(name, MAX_TEXT);
        if (text != null) {
            try {
                TemplateText.parse(text);
            } catch (TemplateSyntaxException e) {
                fields.reject(name, String.valueOf(e.getMessage()));
            }
        }
        return text;
    }

    private static @Nullable ObjectNode schema(Fields fields) {
        var schema = fields.map("variablesSchema");
        if (schema == null) {
            return null;
        }
        if (Json.text(schema).length() > MAX_SCHEMA) {
            fields.reject("variablesSchema", "must be at most " + MAX_SCHEMA + " characters");
            return schema;
        }
        try {
            VariablesSchema.parse(schema);
        } catch (VariablesSchema.Invalid e) {
            e.errors().forEach((path, messages) -> messages.forEach(message -> fields
                    .reject("variablesSchema" + (path.isEmpty() ? "" : "." + path), message)));
        }
        return schema;
    }

    private static Defaults defaults(Fields fields) {
        var params = fields.map("params");
        return new Defaults(fields.text("provider", 100), fields.text("model", 200),
                params == null ? Json.object() : params);
    }
}
