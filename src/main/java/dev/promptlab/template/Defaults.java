package dev.promptlab.template;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// What a job of a version uses when its request does not say.
///
/// @param params open map, see [dev.promptlab.provider.ChatRequest#params]
public record Defaults(@Nullable String provider, @Nullable String model, ObjectNode params) {
    static final Defaults NONE = new Defaults(null, null, Json.object());
}
