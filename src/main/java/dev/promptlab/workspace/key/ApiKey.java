package dev.promptlab.workspace.key;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// A key as people see it: everything but the key.
///
/// @param scopes codes of permissions
/// @param createdBy the name that its maker had then
/// @param revokedAt null while it works, unless it has expired
record ApiKey(UUID id, String name, String lastFour, List<String> scopes, String createdBy, Instant createdAt,
        @Nullable Instant expiresAt, @Nullable Instant lastUsedAt, @Nullable Instant revokedAt) {

    ObjectNode toJson() {
        var json = Json.object().put("id", id.toString()).put("name", name).put("lastFour", lastFour);
        scopes.forEach(json.putArray("scopes")::add);
        return json.put("createdBy", createdBy).put("createdAt", Json.time(createdAt)).put("expiresAt", time(expiresAt))
                .put("lastUsedAt", time(lastUsedAt)).put("revokedAt", time(revokedAt));
    }

    private static @Nullable String time(@Nullable Instant at) {
        return at == null ? null : Json.time(at);
    }
}
