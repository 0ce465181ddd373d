package dev.promptlab.workspace.member;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import dev.promptlab.workspace.access.Role;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The table `workspace`. A deleted one is not there any more, but for its removal.
final class WorkspaceStore {
    private WorkspaceStore() {}

    static void insert(Handle tx, UUID id, String name) {
        tx.createUpdate("insert into workspace (id, name) values (:id, :name)").bind("id", id).bind("name", name)
                .execute();
    }

    static Optional<Workspace> find(Handle handle, UUID id) {
        return handle.createQuery("""
                select id, name, created_at, exported_at from workspace where id = :id and deleted_at is null""")
                .bind("id", id).map((row, _) -> workspace(row, null)).findOne();
    }

    /// Of all, the deleted ones too.
    static List<UUID> ids(Handle handle) {
        return handle.createQuery("select id from workspace order by id").mapTo(UUID.class).list();
    }

    /// Those of a user, in the order of joining.
    static List<Workspace> of(Handle handle, UUID userId) {
        return handle.createQuery("""
                select w.id, w.name, w.created_at, w.exported_at, m.role
                  from member m join workspace w on w.id = m.workspace_id
                 where m.user_id = :userId and w.deleted_at is null
                 order by m.created_at, m.workspace_id""").bind("userId", userId)
                .map((row, _) -> workspace(row, Role.BY_CODE.get(row.getString("role")))).list();
    }

    /// Makes other changes of the workspace and its members wait until the transaction ends.
    ///
    /// @return false when it is deleted
    static boolean lock(Handle tx, UUID id) {
        return tx.createQuery("select id from workspace where id = :id and deleted_at is null for no key update")
                .bind("id", id).mapTo(UUID.class).findOne().isPresent();
    }

    static void rename(Handle tx, UUID id, String name) {
        tx.createUpdate("update workspace set name = :name where id = :id").bind("id", id).bind("name", name)
                .execute();
    }

    static void exported(Handle tx, UUID id) {
        tx.createUpdate("update workspace set exported_at = now() where id = :id").bind("id", id).execute();
    }

    static boolean wasExportedWithin(Handle tx, UUID id, Duration time) {
        return tx.createQuery("select exported_at > now() - :time is true from workspace where id = :id").bind("id", id)
                .bind("time", time).mapTo(Boolean.class).one();
    }

    static void delete(Handle tx, UUID id) {
        tx.createUpdate("update workspace set deleted_at = now() where id = :id").bind("id", id).execute();
    }

    /// The deleted ones that are not empty yet.
    static List<UUID> leaving(Handle handle) {
        return handle.createQuery("""
                select id from workspace where deleted_at is not null and emptied_at is null order by deleted_at""")
                .mapTo(UUID.class).list();
    }

    /// Keeps others from the removal of a deleted workspace until the transaction ends.
    ///
    /// @return false when somebody else is at it, or there is nothing to remove any more
    static boolean tryLockLeaving(Handle tx, UUID id) {
        return tx.createQuery("""
                select id from workspace where id = :id and deleted_at is not null and emptied_at is null
                   for no key update skip locked""").bind("id", id).mapTo(UUID.class).findOne().isPresent();
    }

    /// Ends the removal, if the workspace was deleted at least so long ago.
    static boolean emptied(Handle tx, UUID id, Duration grace) {
        return tx.createUpdate("""
                update workspace set emptied_at = now()
                 where id = :id and emptied_at is null and deleted_at <= now() - :grace""").bind("id", id)
                .bind("grace", grace).execute() == 1;
    }

    private static Workspace workspace(ResultSet row, @Nullable Role role) throws SQLException {
        return new Workspace(row.getObject("id", UUID.class), row.getString("name"), role, time(row, "created_at"),
                row.getObject("exported_at") == null ? null : time(row, "exported_at"));
    }

    static Instant time(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
