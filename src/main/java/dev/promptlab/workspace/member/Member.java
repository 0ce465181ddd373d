package dev.promptlab.workspace.member;

import java.time.Instant;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Role;

/// A user in a workspace.
///
/// @param createdAt of the membership
record Member(UUID userId, String email, String name, Role role, Instant createdAt) {
    ObjectNode toJson() {
        return Json.object().put("userId", userId.toString()).put("email", email).put("name", name)
                .put("role", role.code()).put("createdAt", Json.time(createdAt));
    }
}
