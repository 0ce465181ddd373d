package dev.promptlab.workspace.audit;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// Something that somebody did.
///
/// @param actor as people knew the actor then
/// @param userId null for a server without login and for keys without a creator
/// @param at to the microsecond, as the database keeps it
record AuditEvent(
        long id,
        UUID workspaceId,
        Instant at,
        String actor,
        @Nullable UUID userId,
        @Nullable UUID apiKeyId,
        String action,
        String subject,
        ObjectNode details) {
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
            .withZone(ZoneOffset.UTC);

    /// What is hashed: every field of the row, times to the microsecond.
    ObjectNode content() {
        return json(MICROS.format(at)).put("workspaceId", workspaceId.toString());
    }

    /// As lists show it.
    ///
    /// @param seal its place in the chain; null until it is sealed
    ObjectNode toJson(@Nullable Seal seal) {
        return json(Json.time(at)).put("seq", seal == null ? null : Long.valueOf(seal.seq()))
                .put("hash", seal == null ? null : HexFormat.of().formatHex(seal.hash()));
    }

    private ObjectNode json(String time) {
        return Json.object().put("id", id).put("at", time).put("actor", actor).put("userId", text(userId))
                .put("apiKeyId", text(apiKeyId)).put("action", action).put("subject", subject)
                .set("details", details);
    }

    private static @Nullable String text(@Nullable UUID id) {
        return id == null ? null : id.toString();
    }
}
