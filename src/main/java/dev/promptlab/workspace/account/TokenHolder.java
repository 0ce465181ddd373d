package dev.promptlab.workspace.account;

import java.time.Instant;
import java.util.UUID;

import dev.promptlab.workspace.access.Person;
import org.jspecify.annotations.Nullable;

/// Who showed an access token or a cookie that holds.
///
/// @param email in lower case
/// @param workspaceId that the token was made for; null when it names none
/// @param expiresAt of the token, or of the session of a cookie that is not used again
public record TokenHolder(UUID userId, String email, String name, UUID sessionId, @Nullable UUID workspaceId,
        Instant expiresAt) {
    public Person person() {
        return new Person(userId, email, name, sessionId);
    }
}
