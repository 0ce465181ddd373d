package dev.promptlab.job;

import java.util.List;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.provider.Message;
import dev.promptlab.provider.Providers;
import dev.promptlab.template.PromptVersion;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// What a request asks for, with everything decided that it left open. Not rendered yet: equal work is found by its hash.
///
/// @param version null for an ad hoc prompt, whose messages are `adHoc`
/// @param params those of the request over those of the version
/// @param salt tells answers apart that have the same input otherwise: of an evaluation; null = a generation
/// @param inputHash over all of the above and the workspace
record Work(
        UUID workspaceId,
        @Nullable PromptVersion version,
        List<Message> adHoc,
        ObjectNode variables,
        Providers.Endpoint endpoint,
        String model,
        ObjectNode params,
        @Nullable String salt,
        InputHash inputHash) {

    static Work of(UUID workspaceId, @Nullable PromptVersion version, List<Message> adHoc, ObjectNode variables,
            Providers.Endpoint endpoint, String model, ObjectNode params) {
        return of(workspaceId, version, adHoc, variables, endpoint, model, params, null);
    }

    static Work of(UUID workspaceId, @Nullable PromptVersion version, List<Message> adHoc, ObjectNode variables,
            Providers.Endpoint endpoint, String model, ObjectNode params, @Nullable String salt) {
        var content = Json.object().put("workspace", workspaceId.toString()).put("provider", endpoint.name())
                .put("keyScope", endpoint.keyScope()).put("model", model);
        content.set("params", params);
        if (version == null) {
            content.set("messages", json(adHoc));
        } else {
            content.put("template", version.templateId().toString()).put("version", version.version())
                    .set("variables", variables);
        }
        if (salt != null) {
            content.put("salt", salt);
        }
        return new Work(workspaceId, version, adHoc, variables, endpoint, model, params, salt, InputHash.of(content));
    }

    /// The same work for an answer of its own.
    Work salted(String with) {
        return of(workspaceId, version, adHoc, variables, endpoint, model, params, with);
    }

    /// The prompt as it goes to the provider.
    ///
    /// @throws dev.promptlab.web.Failure.Invalid naming variables that are missing or do not fit the schema
    List<Message> render() {
        if (version == null) {
            return adHoc;
        }
        version.check(variables);
        return version.render(variables);
    }

    static com.fasterxml.jackson.databind.JsonNode json(List<Message> messages) {
        var array = Json.array();
        messages.forEach(message -> array.addObject().put("role", message.role()).put("content", message.content()));
        return array;
    }
}
