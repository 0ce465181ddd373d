package dev.promptlab.eval.server;

import java.time.Instant;
import java.util.UUID;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// A suite with figures of its latest version.
///
/// @param template what it tests; null = prompts of its own
/// @param lastRun in the shape of the API; null = none
record EvalSuite(UUID id, String key, String name, Facts facts, int version, @Nullable Template template,
        @Nullable Instant archivedAt, String createdBy, Instant createdAt, Instant updatedAt,
        @Nullable ObjectNode lastRun) {

    /// What a version says of itself.
    ///
    /// @param arms a list of texts
    /// @param templateId see [EvalSuite#template]
    record Facts(String description, int cases, long cells, JsonNode arms, @Nullable UUID templateId) {}

    record Template(UUID id, String name) {
        ObjectNode toJson() {
            return Json.object().put("id", id.toString()).put("name", name);
        }
    }

    ObjectNode toJson() {
        var json = Json.object().put("id", id.toString()).put("key", key).put("name", name)
                .put("description", facts.description()).put("version", version).put("cases", facts.cases())
                .put("cells", facts.cells());
        json.set("arms", facts.arms());
        json.set("template", template == null ? null : template.toJson());
        json.put("archivedAt", archivedAt == null ? null : Json.time(archivedAt)).put("createdBy", createdBy)
                .put("createdAt", Json.time(createdAt)).put("updatedAt", Json.time(updatedAt));
        json.set("lastRun", lastRun);
        return json;
    }

    /// `{id, key, name}`
    ObjectNode toReference() {
        return Json.object().put("id", id.toString()).put("key", key).put("name", name);
    }
}
