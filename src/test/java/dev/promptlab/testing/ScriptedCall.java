package dev.promptlab.testing;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// A request as a [ScriptedProvider] received it.
///
/// @param headers names in lower case
public record ScriptedCall(String method, String path, Map<String, String> headers, ObjectNode body,
        Instant arrivedAt) {
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    public boolean wantsStream() {
        return body.path("stream").asBoolean();
    }
}
