package dev.promptlab.template;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.web.Fields;
import org.jspecify.annotations.Nullable;

/// Reads the bodies of requests about templates.
final class TemplateBody {
    static final int MAX_VERSION = Integer.MAX_VALUE;

    private static final int MAX_NAME = 200;
    private static final int MAX_DESCRIPTION = 2000;
    private static final int MAX_MESSAGE = 500;

    private TemplateBody() {}

    static TemplateDraft draft(JsonNode body) {
        var fields = Fields.of(body);
        var draft = draft(fields);
        fields.check();
        return draft;
    }

    /// @return only to be used when `fields` passes its check
    static TemplateDraft draft(Fields fields) {
        var name = fields.requiredText("name", MAX_NAME);
        var key = fields.text("key", TemplateKeys.MAX_LENGTH);
        if (key != null && !TemplateKeys.FORM.matcher(key).matches()) {
            fields.reject("key", "must be lower-case letters, digits and single hyphens, as in \"blog-post-writer\"");
        }
        return new TemplateDraft(key, name, fields.text("description", MAX_DESCRIPTION), ContentFields.read(fields),
                fields.text("message", MAX_MESSAGE));
    }

    static TemplateChange change(JsonNode body) {
        var fields = Fields.of(body);
        var change = new TemplateChange(fields.text("name", MAX_NAME), removableDescription(fields),
                ContentFields.read(fields), fields.text("message", MAX_MESSAGE),
                fields.integer("ifVersion", 1, MAX_VERSION));
        fields.check();
        return change;
    }

    private static @Nullable String removableDescription(Fields fields) {
        var given = fields.any("description");
        return given != null && given.isTextual() && given.textValue().isEmpty() ? ""
                : fields.text("description", MAX_DESCRIPTION);
    }

    /// @param version 0 when it is missing
    record Move(int version, @Nullable String reason) {}

    static Move move(JsonNode body) {
        var fields = Fields.of(body);
        var version = fields.integer("version", 1, MAX_VERSION);
        if (!fields.has("version")) {
            fields.reject("version", "is required");
        }
        var reason = fields.text("reason", MAX_MESSAGE);
        fields.check();
        return new Move(version == null ? 0 : version, reason);
    }
}
