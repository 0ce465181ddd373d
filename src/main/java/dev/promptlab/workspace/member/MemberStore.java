package dev.promptlab.workspace.member;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import dev.promptlab.workspace.access.Role;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/// The table `member`.
final class MemberStore {
    private MemberStore() {}

    /// Of a workspace that is not deleted.
    static Optional<Role> role(Handle handle, UUID workspaceId, UUID userId) {
        return handle.createQuery("""
                select m.role from member m join workspace w on w.id = m.workspace_id
                 where m.workspace_id = :workspaceId and m.user_id = :userId and w.deleted_at is null""")
                .bind("workspaceId", workspaceId).bind("userId", userId).map((row, _) -> role(row)).findOne();
    }

    /// The workspace that a user joined first.
    static Optional<UUID> first(Handle handle, UUID userId) {
        return handle.createQuery("""
                select m.workspace_id from member m join workspace w on w.id = m.workspace_id
                 where m.user_id = :userId and w.deleted_at is null
                 order by m.created_at, m.workspace_id limit 1""").bind("userId", userId).mapTo(UUID.class).findOne();
    }

    static Optional<Member> find(Handle handle, UUID workspaceId, UUID userId) {
        return handle.createQuery("""
                select m.user_id, u.email, u.name, m.role, m.created_at
                  from member m join app_user u on u.id = m.user_id
                 where m.workspace_id = :workspaceId and m.user_id = :userId""").bind("workspaceId", workspaceId)
                .bind("userId", userId).map((row, _) -> member(row)).findOne();
    }

    /// In the order of their ids.
    ///
    /// @param after only members with greater ids; null for all
    static List<Member> list(Handle handle, UUID workspaceId, @Nullable UUID after, int limit) {
        return handle.createQuery("""
                select m.user_id, u.email, u.name, m.role, m.created_at
                  from member m join app_user u on u.id = m.user_id
                 where m.workspace_id = :workspaceId and (cast(:after as uuid) is null or m.user_id > :after)
                 order by m.user_id
                 limit :limit""").bind("workspaceId", workspaceId).bind("after", after).bind("limit", limit)
                .map((row, _) -> member(row)).list();
    }

    static boolean hasEmail(Handle handle, UUID workspaceId, String email) {
        return handle.createQuery("""
                select exists (select from member m join app_user u on u.id = m.user_id
                                where m.workspace_id = :workspaceId and lower(u.email) = lower(:email))""")
                .bind("workspaceId", workspaceId).bind("email", email).mapTo(Boolean.class).one();
    }

    static int owners(Handle tx, UUID workspaceId) {
        return tx.createQuery("select count(*) from member where workspace_id = :workspaceId and role = 'owner'")
                .bind("workspaceId", workspaceId).mapTo(Integer.class).one();
    }

    /// How many workspaces a user owns, counted by one at a time.
    static int ownedBy(Handle tx, UUID userId) {
        tx.createQuery("select pg_advisory_xact_lock(hashtextextended('owner ' || cast(:userId as text), 0)) is null")
                .bind("userId", userId).mapTo(Boolean.class).one();
        return tx.createQuery("""
                select count(*) from member m join workspace w on w.id = m.workspace_id
                 where m.user_id = :userId and m.role = 'owner' and w.deleted_at is null""").bind("userId", userId)
                .mapTo(Integer.class).one();
    }

    /// Leaves who is a member already as they are.
    ///
    /// @return whether the user is new there
    static boolean insert(Handle tx, UUID workspaceId, UUID userId, Role role) {
        return tx.createUpdate("""
                insert into member (workspace_id, user_id, role) values (:workspaceId, :userId, :role)
                    on conflict do nothing""").bind("workspaceId", workspaceId).bind("userId", userId)
                .bind("role", role.code()).execute() == 1;
    }

    static void put(Handle tx, UUID workspaceId, UUID userId, Role role) {
        tx.createUpdate("""
                insert into member (workspace_id, user_id, role) values (:workspaceId, :userId, :role)
                    on conflict (workspace_id, user_id) do update set role = excluded.role""")
                .bind("workspaceId", workspaceId).bind("userId", userId).bind("role", role.code()).execute();
    }

    static void update(Handle tx, UUID workspaceId, UUID userId, Role role) {
        tx.createUpdate("update member set role = :role where workspace_id = :workspaceId and user_id = :userId")
                .bind("workspaceId", workspaceId).bind("userId", userId).bind("role", role.code()).execute();
    }

    static void delete(Handle tx, UUID workspaceId, UUID userId) {
        tx.createUpdate("delete from member where workspace_id = :workspaceId and user_id = :userId")
                .bind("workspaceId", workspaceId).bind("userId", userId).execute();
    }

    /// @return how many
    static int deleteAll(Handle tx, UUID workspaceId) {
        return tx.createUpdate("delete from member where workspace_id = :workspaceId").bind("workspaceId", workspaceId)
                .execute();
    }

    private static Member member(ResultSet row) throws SQLException {
        return new Member(row.getObject("user_id", UUID.class), row.getString("email"), row.getString("name"),
                role(row), WorkspaceStore.time(row, "created_at"));
    }

    static Role role(ResultSet row) throws SQLException {
        return requireNonNull(Role.BY_CODE.get(row.getString("role")));
    }
}
