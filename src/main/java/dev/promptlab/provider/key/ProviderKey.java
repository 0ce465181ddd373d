package dev.promptlab.provider.key;

import java.net.URI;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// A workspace's own way to a provider.
///
/// @param baseUrl as a user entered it; null = where the settings of the server say
/// @param origin of the base URL at the time the key was sealed
/// @param sealed the key; null = wiped, since the base URL changed
/// @param lastFour of the key; null without one
/// @param prices name of a price list; null = by host or name
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
record ProviderKey(UUID workspaceId, String name, String format, @Nullable URI baseUrl, String origin,
        byte @Nullable [] sealed, @Nullable String lastFour, @Nullable String defaultModel, @Nullable String prices,
        Instant createdAt, Instant updatedAt) {

    /// What the key is sealed for: a copy of it elsewhere, or a changed base URL, opens nothing.
    static String purpose(String origin) {
        return "provider-key " + origin;
    }

    /// @param effective where it calls; null = where the settings say
    ObjectNode toJson(@Nullable URI effective) {
        return Json.object().put("name", name).put("format", format)
                .put("baseUrl", Objects.toString(effective, null))
                .put("lastFour", lastFour).put("defaultModel", defaultModel).put("prices", prices)
                .put("createdAt", Json.time(createdAt)).put("updatedAt", Json.time(updatedAt));
    }
}
