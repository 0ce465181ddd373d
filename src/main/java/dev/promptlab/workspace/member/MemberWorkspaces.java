package dev.promptlab.workspace.member;

import java.util.List;
import java.util.UUID;

import dev.promptlab.web.Failure;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Audit;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Role;
import dev.promptlab.workspace.account.UserWorkspaces;
import org.jdbi.v3.core.Handle;

import static java.util.Objects.requireNonNull;

/// What accounts ask of workspaces.
public final class MemberWorkspaces implements UserWorkspaces {
    private static final int MAX_NAME = 200;

    @Override
    public void create(Handle tx, UUID userId, String userName) {
        var suffix = "'s workspace";
        var name = userName.substring(0, Math.min(userName.length(), MAX_NAME - suffix.length())) + suffix;
        Workspaces.create(tx, userId, userName, name);
    }

    @Override
    public void adoptDefault(Handle tx, UUID userId) {
        MemberStore.put(tx, Caller.DEFAULT_WORKSPACE, userId, Role.OWNER);
        Audit.record(tx, Workspaces.ownerOf(Caller.DEFAULT_WORKSPACE, userId, "set-up"), "workspace.adopt",
                Caller.DEFAULT_WORKSPACE.toString(), Json.object().put("owner", userId.toString()));
    }

    @Override
    public void accept(Handle tx, UUID userId, String email, String invitation) {
        if (!Invitations.accept(tx, userId, email, invitation)) {
            throw Failure.Invalid.field("invitation",
                    "is not valid for this e-mail address: it was accepted or taken back,"
                            + " its time is over, or it never was; ask for a new one");
        }
    }

    @Override
    public boolean defaultHasOwner(Handle tx) {
        return MemberStore.owners(tx, Caller.DEFAULT_WORKSPACE) > 0;
    }

    @Override
    public List<Membership> of(Handle handle, UUID userId) {
        return WorkspaceStore.of(handle, userId).stream()
                .map(one -> new Membership(one.id(), one.name(), requireNonNull(one.role()).code())).toList();
    }
}
