package dev.promptlab.workspace.key;

import java.util.Set;
import java.util.UUID;

import dev.promptlab.workspace.access.Permission;
import org.jspecify.annotations.Nullable;

/// Whoever shows a valid key.
///
/// @param creatorId whose present role bounds the scopes; null = the operator made the key, nobody's does
public record KeyHolder(UUID keyId, UUID workspaceId, String name, @Nullable UUID creatorId, Set<Permission> scopes) {
    public KeyHolder {
        scopes = Set.copyOf(scopes);
    }
}
