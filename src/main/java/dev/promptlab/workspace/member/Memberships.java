package dev.promptlab.workspace.member;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.promptlab.db.Database;
import dev.promptlab.workspace.access.Role;

/// What a user is in a workspace. Asked at every request, so the answer is kept for two seconds; changes that this process made
/// are seen at once, those of others when the two seconds are over. Thread-safe.
public final class Memberships {
    private static final Duration KEPT = Duration.ofSeconds(2);
    private static final int MAX_KEPT = 100_000;

    private record Key(UUID userId, UUID workspaceId) {}

    private final Database auth;
    private final Cache<Key, Optional<Role>> roles = cache();
    private final Cache<UUID, Optional<UUID>> firsts = cache();
    private final Cache<UUID, Boolean> open = cache();

    /// @param auth sees the members of all workspaces
    public Memberships(Database auth) {
        this.auth = auth;
    }

    private static <K, V> Cache<K, V> cache() {
        return Caffeine.newBuilder().expireAfterWrite(KEPT).maximumSize(MAX_KEPT).build();
    }

    /// Empty for strangers, and in a workspace that is deleted or never was.
    public Optional<Role> role(UUID userId, UUID workspaceId) {
        return roles.get(new Key(userId, workspaceId),
                _ -> auth.autocommit(handle -> MemberStore.role(handle, workspaceId, userId)));
    }

    /// The workspace of a user who names none: the one joined first. Empty for a user without.
    public Optional<UUID> first(UUID userId) {
        return firsts.get(userId, _ -> auth.autocommit(handle -> MemberStore.first(handle, userId)));
    }

    /// Whether there is such a workspace and it is not deleted: what those are asked who get in without being members, such as keys
    /// without a creator.
    public boolean isOpen(UUID workspaceId) {
        return open.get(workspaceId,
                _ -> auth.autocommit(handle -> WorkspaceStore.find(handle, workspaceId)).isPresent());
    }

    /// After the commit of a change.
    void changed(UUID userId, UUID workspaceId) {
        roles.invalidate(new Key(userId, workspaceId));
        firsts.invalidate(userId);
    }

    /// After the commit of a change that touches all members of a workspace.
    void changed() {
        roles.invalidateAll();
        firsts.invalidateAll();
        open.invalidateAll();
    }
}
