package dev.promptlab.job;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.Sha256;
import io.javalin.http.Context;

/// The `Idempotency-Key` of a request: names it within its workspace and route for 24 hours.
///
/// @param bodyHash SHA-256 of the body as it came, in hex: a key that comes back with another one is a mistake
record IdempotencyKey(UUID workspaceId, String route, String key, String bodyHash) {
    private static final Pattern FORM = Pattern.compile("[\\x21-\\x7e]{1,200}");

    /// Empty when the request has none.
    static Optional<IdempotencyKey> of(Context ctx, UUID workspaceId, String route) {
        return header(ctx).map(key -> new IdempotencyKey(workspaceId, route, key, Sha256.hex(Http.bytes(ctx))));
    }

    /// The text of the header, for routes whose body comes in entries.
    static Optional<String> header(Context ctx) {
        var key = ctx.header("Idempotency-Key");
        if (key != null && !FORM.matcher(key).matches()) {
            throw Failure.Invalid.form("the header Idempotency-Key must be 1 to 200 printable ASCII characters");
        }
        return Optional.ofNullable(key);
    }

    /// The key of one entry of a batch: it is known by its place.
    static IdempotencyKey ofEntry(UUID workspaceId, String key, int index, JsonNode entry) {
        return new IdempotencyKey(workspaceId, "POST /generate/batch, entry " + index, key,
                Sha256.hex(Json.bytes(entry)));
    }
}
