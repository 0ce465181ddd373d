package dev.promptlab.workspace.account;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import dev.promptlab.web.Failure;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.account.UserWorkspaces.Membership;
import org.jdbi.v3.core.Handle;

/// Workspaces in memory: who is in which, and invitations that an address may use once.
final class RememberedWorkspaces implements UserWorkspaces {
    private final Map<UUID, Membership> memberships = new ConcurrentHashMap<>();
    private final Map<String, String> invitations = new ConcurrentHashMap<>();

    void invite(String email, String invitation) {
        invitations.put(invitation, email);
    }

    @Override
    public void create(Handle tx, UUID userId, String userName) {
        memberships.put(userId, new Membership(UUID.randomUUID(), userName + "'s workspace", "owner"));
    }

    @Override
    public void adoptDefault(Handle tx, UUID userId) {
        memberships.put(userId, new Membership(Caller.DEFAULT_WORKSPACE, "Default", "owner"));
    }

    @Override
    public void accept(Handle tx, UUID userId, String email, String invitation) {
        if (!invitations.remove(invitation, email)) {
            throw Failure.Invalid.field("invitation", "is not valid, or not any more");
        }
        memberships.put(userId, new Membership(UUID.randomUUID(), "Team", "member"));
    }

    @Override
    public boolean defaultHasOwner(Handle tx) {
        return memberships.values().stream()
                .anyMatch(membership -> membership.workspaceId().equals(Caller.DEFAULT_WORKSPACE));
    }

    @Override
    public List<Membership> of(Handle handle, UUID userId) {
        return memberships.containsKey(userId) ? List.of(memberships.get(userId)) : List.of();
    }
}
