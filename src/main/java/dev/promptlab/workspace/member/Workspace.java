package dev.promptlab.workspace.member;

import java.time.Instant;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Role;
import org.jspecify.annotations.Nullable;

/// @param role of the person who asks; null for an API key
/// @param exportedAt when the latest export was read to its end
record Workspace(UUID id, String name, @Nullable Role role, Instant createdAt, @Nullable Instant exportedAt) {
    Workspace seenBy(@Nullable Role other) {
        return new Workspace(id, name, other, createdAt, exportedAt);
    }

    ObjectNode toJson() {
        return Json.object().put("id", id.toString()).put("name", name).put("role", role == null ? null : role.code())
                .put("createdAt", Json.time(createdAt))
                .put("exportedAt", exportedAt == null ? null : Json.time(exportedAt));
    }
}
