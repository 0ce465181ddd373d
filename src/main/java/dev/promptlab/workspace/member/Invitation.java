package dev.promptlab.workspace.member;

import java.time.Instant;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Role;
import org.jspecify.annotations.Nullable;

/// An open offer to become a member.
///
/// @param invitedBy null for an API key without a creator
record Invitation(UUID id, UUID workspaceId, String email, Role role, @Nullable UUID invitedBy, Instant createdAt,
        Instant expiresAt) {
    ObjectNode toJson() {
        return Json.object().put("id", id.toString()).put("email", email).put("role", role.code())
                .put("invitedBy", invitedBy == null ? null : invitedBy.toString())
                .put("createdAt", Json.time(createdAt)).put("expiresAt", Json.time(expiresAt));
    }
}
