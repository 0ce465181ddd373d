package dev.promptlab.workspace.account;

import java.util.List;
import java.util.UUID;

import dev.promptlab.web.Failure;
import org.jdbi.v3.core.Handle;

/// What accounts need to know of workspaces; the package `member` implements it. Every call runs in the caller's transaction, under
/// the database role `promptlab_auth`.
public interface UserWorkspaces {
    /// One that a user is a member of.
    ///
    /// @param role `owner`, `admin`, `member` or `viewer`
    record Membership(UUID workspaceId, String name, String role) {}

    /// Makes a workspace for a new user, who owns it.
    ///
    /// @param userName what to name it after, as in `Ada's workspace`
    void create(Handle tx, UUID userId, String userName);

    /// Makes the user an owner of the default workspace, whatever the user was there before.
    void adoptDefault(Handle tx, UUID userId);

    /// Takes a new user into the workspace of an invitation, which is used up by this. Two that come at once: one gets it.
    ///
    /// @param email of the user; an invitation for another address is no valid one
    /// @throws Failure.Invalid on the field `invitation` when there is no such invitation, or not any more
    void accept(Handle tx, UUID userId, String email, String invitation);

    /// Whether the default workspace has an owner.
    boolean defaultHasOwner(Handle tx);

    /// Those of a user, the one a request without `X-Workspace-Id` is in first; empty for a user without.
    List<Membership> of(Handle handle, UUID userId);
}
