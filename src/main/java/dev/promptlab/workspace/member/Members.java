package dev.promptlab.workspace.member;

import java.util.List;
import java.util.UUID;

import dev.promptlab.db.Database;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Audit;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import dev.promptlab.workspace.access.Role;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Who belongs to a workspace and as what. Changes of one workspace come one after the other, under the lock of its row, and
/// judge by what they find then: the caller's role too, since the one at the gate may be two seconds old. Thread-safe.
final class Members {
    private final Database db;
    private final Memberships memberships;

    Members(Database db, Memberships memberships) {
        this.db = db;
        this.memberships = memberships;
    }

    /// In the order of their ids.
    List<Member> list(UUID workspaceId, @Nullable UUID after, int limit) {
        return db.autocommit(workspaceId, handle -> MemberStore.list(handle, workspaceId, after, limit));
    }

    /// Gives a member another role.
    ///
    /// @throws Failure.Forbidden when an owner is made or unmade by somebody who is none
    /// @throws Failure.Conflict when no owner would be left
    Member change(Caller caller, UUID userId, Role role) {
        var workspaceId = caller.workspaceId();
        var member = db.transaction(workspaceId, tx -> {
            lock(tx, caller, Permission.WORKSPACE_ADMIN);
            var before = require(tx, workspaceId, userId);
            if (before.role() != role) {
                requireRightOver(tx, caller, before.role(), role);
                requireOwnerBesides(tx, workspaceId, before);
                MemberStore.update(tx, workspaceId, userId, role);
                InvitationStore.revokeBeyond(tx, workspaceId, userId, role);
                Audit.record(tx, caller, "member.change_role", userId.toString(),
                        Json.object().put("from", before.role().code()).put("to", role.code()));
            }
            return require(tx, workspaceId, userId);
        });
        memberships.changed(userId, workspaceId);
        return member;
    }

    /// Takes a member out; everybody may take out themselves.
    ///
    /// @throws Failure.Forbidden when the caller may not
    /// @throws Failure.Conflict when no owner would be left
    void remove(Caller caller, UUID userId) {
        var workspaceId = caller.workspaceId();
        boolean leaves = caller.apiKeyId() == null && userId.equals(caller.userId());
        db.inTransaction(workspaceId, tx -> {
            lock(tx, caller, leaves ? Permission.WORKSPACE_READ : Permission.WORKSPACE_ADMIN);
            var before = require(tx, workspaceId, userId);
            if (!leaves) {
                requireRightOver(tx, caller, before.role(), null);
            }
            requireOwnerBesides(tx, workspaceId, before);
            MemberStore.delete(tx, workspaceId, userId);
            InvitationStore.revokeBeyond(tx, workspaceId, userId, null);
            Audit.record(tx, caller, leaves ? "member.leave" : "member.remove", userId.toString(),
                    Json.object().put("role", before.role().code()));
        });
        memberships.changed(userId, workspaceId);
    }

    /// Makes a member an owner and the caller an admin.
    ///
    /// @return the new owner
    Member transfer(Caller caller, UUID userId) {
        var workspaceId = caller.workspaceId();
        var giver = caller.userId();
        if (giver == null || caller.apiKeyId() != null) {
            throw new Failure.Forbidden("only an owner who is signed in hands a workspace over; an API key owns none");
        }
        if (giver.equals(userId)) {
            throw Failure.Invalid.field("userId", "must be another member; this is you");
        }
        var owner = db.transaction(workspaceId, tx -> {
            lock(tx, caller, Permission.WORKSPACE_OWN);
            require(tx, workspaceId, userId);
            MemberStore.update(tx, workspaceId, userId, Role.OWNER);
            MemberStore.update(tx, workspaceId, giver, Role.ADMIN);
            InvitationStore.revokeBeyond(tx, workspaceId, giver, Role.ADMIN);
            Audit.record(tx, caller, "workspace.transfer", workspaceId.toString(),
                    Json.object().put("from", giver.toString()).put("to", userId.toString()));
            return require(tx, workspaceId, userId);
        });
        memberships.changed(userId, workspaceId);
        memberships.changed(giver, workspaceId);
        return owner;
    }

    /// Begins a change: nobody else changes this workspace until the transaction ends.
    ///
    /// @throws Failure.Forbidden when the caller has lost the permission meanwhile
    static void lock(Handle tx, Caller caller, Permission permission) {
        if (!WorkspaceStore.lock(tx, caller.workspaceId())) {
            throw Workspaces.notFound(caller.workspaceId());
        }
        requireStill(tx, caller, permission);
    }

    /// At the gate and now.
    static void requireStill(Handle tx, Caller caller, Permission permission) {
        caller.require(permission);
        var userId = caller.userId();
        if (userId != null && MemberStore.role(tx, caller.workspaceId(), userId)
                .filter(role -> role.permissions().contains(permission)).isEmpty()) {
            throw new Failure.Forbidden("your role in this workspace has just changed; this needs the permission "
                    + permission.code());
        }
    }

    /// @param to null when the member goes
    private static void requireRightOver(Handle tx, Caller caller, Role from, @Nullable Role to) {
        if ((from == Role.OWNER || to == Role.OWNER)) {
            requireStill(tx, caller, Permission.WORKSPACE_OWN);
        }
    }

    private static void requireOwnerBesides(Handle tx, UUID workspaceId, Member member) {
        if (member.role() == Role.OWNER && MemberStore.owners(tx, workspaceId) == 1) {
            throw new Failure.Conflict("this is the last owner of the workspace; make another member an owner first, "
                    + "or delete the workspace");
        }
    }

    private static Member require(Handle tx, UUID workspaceId, UUID userId) {
        return MemberStore.find(tx, workspaceId, userId).orElseThrow(() -> Http.notFound("member", userId));
    }
}
