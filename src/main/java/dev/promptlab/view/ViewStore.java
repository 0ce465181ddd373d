package dev.promptlab.view;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The table `saved_view`.
final class ViewStore {
    private ViewStore() {}

    /// By name.
    static List<View> list(Handle handle, UUID workspaceId, @Nullable String page) {
        return handle.createQuery("""
                select id, page, name, query, created_by_name, created_at from saved_view
                 where workspace_id = :workspaceId and (cast(:page as text) is null or page = :page)
                 order by page, lower(name), name""").bind("workspaceId", workspaceId).bind("page", page)
                .map((row, _) -> view(row)).list();
    }

    static Optional<View> find(Handle handle, UUID workspaceId, UUID id) {
        return handle.createQuery("""
                select id, page, name, query, created_by_name, created_at from saved_view
                 where workspace_id = :workspaceId and id = :id""").bind("workspaceId", workspaceId).bind("id", id)
                .map((row, _) -> view(row)).findOne();
    }

    /// @param most how many there may be in a workspace
    /// @return false when there are as many already
    static boolean hasRoom(Handle tx, UUID workspaceId, int most) {
        return tx.createQuery("select count(*) < :most from saved_view where workspace_id = :workspaceId")
                .bind("workspaceId", workspaceId).bind("most", most).mapTo(Boolean.class).one();
    }

    /// @return false when the page has a view of that name
    static boolean insert(Handle tx, UUID workspaceId, UUID id, String page, String name, ObjectNode query,
            String createdBy) {
        return tx.createUpdate("""
                insert into saved_view (id, workspace_id, page, name, query, created_by_name)
                values (:id, :workspaceId, :page, :name, cast(:query as json), :createdBy)
                on conflict (workspace_id, page, name) do nothing""").bind("id", id).bind("workspaceId", workspaceId)
                .bind("page", page).bind("name", name).bind("query", Json.text(query)).bind("createdBy", createdBy)
                .execute() == 1;
    }

    /// @return false when another view of the page has that name
    static boolean update(Handle tx, UUID workspaceId, UUID id, String name, ObjectNode query) {
        return tx.createUpdate(
                """
                        update saved_view v set name = :name, query = cast(:query as json)
                         where v.workspace_id = :workspaceId and v.id = :id
                           and not exists (select from saved_view o
                                            where o.workspace_id = v.workspace_id and o.page = v.page and o.name = :name and o.id <> v.id)""")
                .bind("workspaceId", workspaceId).bind("id", id).bind("name", name).bind("query", Json.text(query))
                .execute() == 1;
    }

    static boolean delete(Handle tx, UUID workspaceId, UUID id) {
        return tx.createUpdate("delete from saved_view where workspace_id = :workspaceId and id = :id")
                .bind("workspaceId", workspaceId).bind("id", id).execute() == 1;
    }

    static void deleteAll(Handle tx, UUID workspaceId) {
        tx.createUpdate("delete from saved_view where workspace_id = :workspaceId").bind("workspaceId", workspaceId)
                .execute();
    }

    private static View view(ResultSet row) throws SQLException {
        return new View(row.getObject("id", UUID.class), row.getString("page"), row.getString("name"),
                Json.parseObject(row.getString("query")), row.getString("created_by_name"),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }
}
