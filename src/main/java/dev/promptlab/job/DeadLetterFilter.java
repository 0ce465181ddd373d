package dev.promptlab.job;

import java.time.Instant;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Fields;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// A set of failed jobs; null matches all.
///
/// @param errorCode the failure class
/// @param from failed at this time or later
/// @param to failed before this time
record DeadLetterFilter(
        @Nullable String provider,
        @Nullable String model,
        @Nullable UUID templateId,
        @Nullable String errorCode,
        @Nullable Instant from,
        @Nullable Instant to) {
    static final DeadLetterFilter ALL = new DeadLetterFilter(null, null, null, null, null, null);

    static DeadLetterFilter read(Fields in) {
        return new DeadLetterFilter(in.text("provider", 100), in.text("model", 200), in.uuid("templateId"),
                in.text("errorCode", 60), in.time("from"), in.time("to"));
    }

    /// For the audit trail: what was given.
    ObjectNode toJson() {
        var json = Json.object();
        if (provider != null) {
            json.put("provider", provider);
        }
        if (model != null) {
            json.put("model", model);
        }
        if (templateId != null) {
            json.put("templateId", templateId.toString());
        }
        if (errorCode != null) {
            json.put("errorCode", errorCode);
        }
        if (from != null) {
            json.put("from", Json.time(from));
        }
        if (to != null) {
            json.put("to", Json.time(to));
        }
        return json;
    }
}
