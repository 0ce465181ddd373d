package dev.promptlab.view;

import java.time.Instant;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;

/// Filters of a page under a name.
///
/// @param query parameters of the page's address
record View(UUID id, String page, String name, ObjectNode query, String createdBy, Instant createdAt) {
    ObjectNode toJson() {
        var json = Json.object().put("id", id.toString()).put("page", page).put("name", name);
        json.set("query", query);
        return json.put("createdBy", createdBy).put("createdAt", Json.time(createdAt));
    }
}
