package dev.promptlab.workspace.member;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import dev.promptlab.workspace.access.Permission;
import dev.promptlab.workspace.access.Role;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The table `invitation`.
final class InvitationStore {
    private InvitationStore() {}

    /// @param hash of the token
    static void insert(Handle tx, Invitation invitation, byte[] hash, Duration valid) {
        tx.createUpdate("""
                insert into invitation (id, workspace_id, email, role, token_hash, invited_by, expires_at)
                values (:id, :workspaceId, :email, :role, :hash, :invitedBy, now() + :valid)""")
                .bind("id", invitation.id()).bind("workspaceId", invitation.workspaceId())
                .bind("email", invitation.email()).bind("role", invitation.role().code()).bind("hash", hash)
                .bind("invitedBy", invitation.invitedBy()).bind("valid", valid).execute();
    }

    static Optional<Invitation> find(Handle handle, UUID workspaceId, UUID id) {
        return handle.createQuery("""
                select id, workspace_id, email, role, invited_by, created_at, expires_at
                  from invitation
                 where workspace_id = :workspaceId and id = :id and accepted_at is null""")
                .bind("workspaceId", workspaceId).bind("id", id).map((row, _) -> invitation(row)).findOne();
    }

    /// The open ones, newest first, those whose time is over too.
    ///
    /// @param before only older ones than this; null for all
    static List<Invitation> list(Handle handle, UUID workspaceId, @Nullable UUID before, int limit) {
        return handle.createQuery("""
                select id, workspace_id, email, role, invited_by, created_at, expires_at
                  from invitation
                 where workspace_id = :workspaceId and accepted_at is null
                   and (cast(:before as uuid) is null or id < :before)
                 order by id desc
                 limit :limit""").bind("workspaceId", workspaceId).bind("before", before).bind("limit", limit)
                .map((row, _) -> invitation(row)).list();
    }

    static int countOpen(Handle tx, UUID workspaceId) {
        return tx
                .createQuery(
                        "select count(*) from invitation where workspace_id = :workspaceId and accepted_at is null")
                .bind("workspaceId", workspaceId).mapTo(Integer.class).one();
    }

    /// @return false when there is none
    static boolean delete(Handle tx, UUID workspaceId, UUID id) {
        return tx.createUpdate("""
                delete from invitation where workspace_id = :workspaceId and id = :id and accepted_at is null""")
                .bind("workspaceId", workspaceId).bind("id", id).execute() == 1;
    }

    /// Takes back the open invitation of an address, if there is one.
    static void deleteOf(Handle tx, UUID workspaceId, String email) {
        tx.createUpdate("""
                delete from invitation
                 where workspace_id = :workspaceId and lower(email) = lower(:email) and accepted_at is null""")
                .bind("workspaceId", workspaceId).bind("email", email).execute();
    }

    /// Takes back the open invitations of a member to what they may not give any more.
    ///
    /// @param now their role; null when they are gone
    static void revokeBeyond(Handle tx, UUID workspaceId, UUID invitedBy, @Nullable Role now) {
        tx.createUpdate("""
                delete from invitation
                 where workspace_id = :workspaceId and invited_by = :invitedBy and accepted_at is null
                   and not (:mayInvite and (:mayOwn or role <> 'owner'))""")
                .bind("workspaceId", workspaceId).bind("invitedBy", invitedBy)
                .bind("mayInvite", now != null && now.permissions().contains(Permission.WORKSPACE_ADMIN))
                .bind("mayOwn", now != null && now.permissions().contains(Permission.WORKSPACE_OWN)).execute();
    }

    /// @return how many
    static int deleteAll(Handle tx, UUID workspaceId) {
        return tx.createUpdate("delete from invitation where workspace_id = :workspaceId")
                .bind("workspaceId", workspaceId).execute();
    }

    /// The invitation that a token opens right now, locked until the transaction ends; empty for a token that is used, expired, taken
    /// back or made up.
    static Optional<Invitation> lock(Handle tx, byte[] hash) {
        return tx.createQuery("""
                select i.id, i.workspace_id, i.email, i.role, i.invited_by, i.created_at, i.expires_at
                  from invitation i join workspace w on w.id = i.workspace_id
                 where i.token_hash = :hash and i.accepted_at is null and i.expires_at > now() and w.deleted_at is null
                   for update of i""").bind("hash", hash).map((row, _) -> invitation(row)).findOne();
    }

    static void accept(Handle tx, UUID id) {
        tx.createUpdate("update invitation set accepted_at = now() where id = :id").bind("id", id).execute();
    }

    private static Invitation invitation(ResultSet row) throws SQLException {
        return new Invitation(row.getObject("id", UUID.class), row.getObject("workspace_id", UUID.class),
                row.getString("email"), MemberStore.role(row), row.getObject("invited_by", UUID.class),
                WorkspaceStore.time(row, "created_at"), WorkspaceStore.time(row, "expires_at"));
    }
}
