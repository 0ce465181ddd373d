package dev.promptlab.provider;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.web.Json;

/// One event of a stream.
///
/// @param name the `event` field; `message` when there was none
/// @param data the `data` lines, joined by line feeds
public record ServerSentEvent(String name, String data) {
    /// @throws CallFailedException when the data is not JSON
    public JsonNode json() throws CallFailedException {
        try {
            return Json.read(data.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw CallFailedException.malformed("an event of the stream is not JSON");
        }
    }
}
