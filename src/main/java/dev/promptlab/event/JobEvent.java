package dev.promptlab.event;

import java.time.Instant;
import java.util.UUID;

import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// Something that happened to a job.
///
/// @param json as people get it
record JobEvent(EventId id, EventType type, UUID workspaceId, UUID jobId, String json) {
    /// @param attempt number of the latest call, from 1
    record Detail(@Nullable Integer attempt, @Nullable String errorCode, @Nullable String failureClass) {}

    /// @param offset how many UTF-16 units of the attempt's text came before
    record Piece(String text, int offset) {}

    static JobEvent of(EventId id, EventType type, Instant at, UUID workspaceId, UUID jobId, Detail detail,
            @Nullable Piece piece) {
        var json = Json.object().put("id", id.toString()).put("type", type.code()).put("at", Json.time(at))
                .put("jobId", jobId.toString()).put("status", type.status());
        if (detail.attempt() != null) {
            json.put("attempt", detail.attempt());
        }
        if (detail.errorCode() != null) {
            json.put("errorCode", detail.errorCode());
        }
        if (detail.failureClass() != null) {
            json.put("failureClass", detail.failureClass());
        }
        if (piece != null) {
            json.put("text", piece.text()).put("offset", piece.offset());
        }
        return new JobEvent(id, type, workspaceId, jobId, Json.text(json));
    }
}
