package dev.promptlab.eval.server;

import java.time.Instant;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;

/// A run under a name, to compare others with.
record Baseline(UUID suiteId, String name, UUID runId, String setBy, Instant setAt) {
    ObjectNode toJson() {
        return Json.object().put("name", name).put("runId", runId.toString()).put("setBy", setBy).put("setAt",
                Json.time(setAt));
    }
}
