package dev.promptlab.template;

import java.util.Collection;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.provider.TokenEstimate;
import dev.promptlab.web.Json;

/// Templates as the API shows them.
final class TemplateJson {
    private TemplateJson() {}

    static ObjectNode template(Template template, Collection<String> variables) {
        var json = Json.object().put("id", template.id().toString()).put("key", template.key())
                .put("name", template.name()).put("description", template.description());
        content(json, template.content(), variables);
        json.put("version", template.version());
        var labels = json.putObject("labels");
        template.labels().forEach(labels::put);
        var archivedAt = template.archivedAt();
        return json.put("archivedAt", archivedAt == null ? null : Json.time(archivedAt))
                .put("createdAt", Json.time(template.createdAt())).put("updatedAt", Json.time(template.updatedAt()));
    }

    static ObjectNode version(TemplateVersion version, Collection<String> variables) {
        var json = Json.object().put("templateId", version.templateId().toString()).put("version", version.version());
        content(json, version.content(), variables);
        json.put("message", version.message()).set("labels", strings(version.labels()));
        return json.put("createdAt", Json.time(version.createdAt()));
    }

    private static void content(ObjectNode json, Content content, Collection<String> variables) {
        var messages = content.messages();
        json.put("systemPrompt", content.systemPrompt()).put("userPrompt", content.userPrompt());
        json.set("messages", messages == null ? null : ContentJson.messages(messages));
        json.set("variables", strings(variables));
        json.set("variablesSchema", content.variablesSchema());
        json.set("defaults", ContentJson.defaults(content.defaults()));
    }

    static ObjectNode label(LabelState state) {
        return Json.object().put("label", state.label()).put("version", state.version())
                .put("previousVersion", state.previousVersion());
    }

    static ObjectNode move(LabelMove move) {
        return Json.object().put("fromVersion", move.fromVersion()).put("toVersion", move.toVersion())
                .put("movedBy", move.movedBy()).put("reason", move.reason()).put("movedAt", Json.time(move.movedAt()));
    }

    /// A preview: what was rendered, and all that a job with these variables would be refused for.
    static ObjectNode preview(PromptVersion version, ObjectNode variables) {
        var json = Json.object().put("templateId", version.templateId().toString()).put("version", version.version());
        return preview(json, version.content(), variables);
    }

    /// The same of what is not saved.
    static ObjectNode preview(CompiledContent draft, ObjectNode variables) {
        return preview(Json.object(), draft, variables);
    }

    private static ObjectNode preview(ObjectNode json, CompiledContent content, ObjectNode variables) {
        var rendered = content.render(variables);
        var messages = json.putArray("messages");
        rendered.messages().forEach(message -> messages.addObject().put("role", message.role()).put("content",
                message.content()));
        json.set("variables", strings(content.variables()));
        json.set("missing", strings(rendered.missing().keySet()));
        var errors = json.putObject("errors");
        addAll(errors, content.check(variables));
        addAll(errors, rendered.errors());
        return json.put("estimatedInputTokens", TokenEstimate.of(rendered.messages()));
    }

    private static void addAll(ObjectNode errors, Map<String, List<String>> more) {
        more.forEach((path, messages) -> {
            var array = errors.get(path) instanceof ArrayNode known ? known : errors.putArray(path);
            messages.forEach(array::add);
        });
    }

    private static ArrayNode strings(Collection<String> strings) {
        var array = Json.array();
        strings.forEach(array::add);
        return array;
    }
}
