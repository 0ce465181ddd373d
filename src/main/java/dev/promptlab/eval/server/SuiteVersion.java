package dev.promptlab.eval.server;

import java.time.Instant;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// One immutable version of a suite.
record SuiteVersion(UUID suiteId, int version, SuiteText text, @Nullable String message, int cases, String createdBy,
        Instant createdAt) {

    /// Without content.
    ObjectNode toJson() {
        return Json.object().put("suiteId", suiteId.toString()).put("version", version).put("message", message)
                .put("cases", cases).put("createdBy", createdBy).put("createdAt", Json.time(createdAt));
    }

    ObjectNode toFullJson() {
        var json = toJson().put("content", text.content());
        json.set("files", text.filesJson());
        return json;
    }
}
