package dev.promptlab.template;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The tables `template_label` and `template_label_move`.
final class LabelStore {
    /// A move, with the label that was moved.
    record Moved(String label, LabelMove move) {}

    /// The version that the label points to.
    Optional<Integer> find(Handle tx, UUID workspaceId, UUID templateId, String label) {
        return tx.createQuery("""
                select version
                  from template_label
                 where workspace_id = :workspaceId and template_id = :templateId and label = :label""")
                .bind("workspaceId", workspaceId).bind("templateId", templateId).bind("label", label)
                .mapTo(Integer.class).findOne();
    }

    List<String> labels(Handle tx, UUID workspaceId, UUID templateId) {
        return tx.createQuery("""
                select label from template_label
                 where workspace_id = :workspaceId and template_id = :templateId
                 order by label""").bind("workspaceId", workspaceId).bind("templateId", templateId)
                .mapTo(String.class).list();
    }

    void put(Handle tx, UUID workspaceId, UUID templateId, String label, int version) {
        tx.createUpdate("""
                insert into template_label (template_id, label, workspace_id, version)
                values (:templateId, :label, :workspaceId, :version)
                    on conflict (template_id, label) do update set version = excluded.version, updated_at = now()""")
                .bind("workspaceId", workspaceId).bind("templateId", templateId).bind("label", label)
                .bind("version", version).execute();
    }

    void delete(Handle tx, UUID workspaceId, UUID templateId, String label) {
        tx.createUpdate("""
                delete from template_label
                 where workspace_id = :workspaceId and template_id = :templateId and label = :label""")
                .bind("workspaceId", workspaceId).bind("templateId", templateId).bind("label", label).execute();
    }

    void insertMove(Handle tx, UUID workspaceId, UUID templateId, String label, @Nullable Integer fromVersion,
            @Nullable Integer toVersion, String movedBy, @Nullable String reason) {
        tx.createUpdate("""
                insert into template_label_move (workspace_id, template_id, label, from_version, to_version, moved_by,
                                                 reason)
                values (:workspaceId, :templateId, :label, :fromVersion, :toVersion, :movedBy, :reason)""")
                .bind("workspaceId", workspaceId).bind("templateId", templateId).bind("label", label)
                .bind("fromVersion", fromVersion).bind("toVersion", toVersion).bind("movedBy", movedBy)
                .bind("reason", reason).execute();
    }

    /// Newest first.
    ///
    /// @param before only older moves than this id; null for all
    List<LabelMove> moves(Handle tx, UUID workspaceId, UUID templateId, String label, @Nullable Integer before,
            int limit) {
        return tx.createQuery("""
                select id, from_version, to_version, moved_by, reason, moved_at
                  from template_label_move
                 where workspace_id = :workspaceId and template_id = :templateId and label = :label
                   and (cast(:before as bigint) is null or id < :before)
                 order by id desc
                 limit :limit""").bind("workspaceId", workspaceId).bind("templateId", templateId)
                .bind("label", label).bind("before", before).bind("limit", limit).map((row, _) -> move(row)).list();
    }

    /// The moves of all labels of a template, those that were removed too, oldest first.
    List<Moved> allMoves(Handle handle, UUID workspaceId, UUID templateId, long after, int limit) {
        return handle.createQuery("""
                select label, id, from_version, to_version, moved_by, reason, moved_at
                  from template_label_move
                 where workspace_id = :workspaceId and template_id = :templateId and id > :after
                 order by id
                 limit :limit""").bind("workspaceId", workspaceId).bind("templateId", templateId)
                .bind("after", after).bind("limit", limit)
                .map((row, _) -> new Moved(row.getString("label"), move(row))).list();
    }

    /// Removes labels of a deleted workspace.
    ///
    /// @return how many, at most `limit`
    int deleteSome(Handle tx, UUID workspaceId, int limit) {
        return tx.createUpdate("""
                delete from template_label where ctid = any (array(
                    select ctid from template_label where workspace_id = :workspaceId limit :limit))""")
                .bind("workspaceId", workspaceId).bind("limit", limit).execute();
    }

    /// As [#deleteSome], of their history.
    int deleteMoves(Handle tx, UUID workspaceId, int limit) {
        return tx.createUpdate("""
                delete from template_label_move where ctid = any (array(
                    select ctid from template_label_move where workspace_id = :workspaceId limit :limit))""")
                .bind("workspaceId", workspaceId).bind("limit", limit).execute();
    }

    private static LabelMove move(ResultSet row) throws SQLException {
        return new LabelMove(row.getLong("id"), row.getObject("from_version", Integer.class),
                row.getObject("to_version", Integer.class), row.getString("moved_by"), row.getString("reason"),
                row.getObject("moved_at", OffsetDateTime.class).toInstant());
    }
}
