package dev.promptlab.eval.server;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.eval.server.EvalSuite.Facts;
import dev.promptlab.web.Json;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/// The tables `eval_suite` and `eval_suite_version`.
final class SuiteStore {
    private SuiteStore() {}

    /// @param q in name or key; null = all
    /// @param before only older ones than this id
    record Filter(boolean archived, @Nullable String q, @Nullable UUID before, int limit) {}

    /// @return false when the key is taken
    static boolean insert(Handle tx, UUID workspaceId, UUID id, String key, String name, Facts facts, String by) {
        return tx
                .createUpdate(
                        """
                                insert into eval_suite (id, workspace_id, key, name, description, version, cases, cells, arms, template_id, created_by)
                                values (:id, :workspaceId, :key, :name, :description, 1, :cases, :cells, cast(:arms as json), :templateId, :by)
                                on conflict (workspace_id, key) do nothing""")
                .bind("id", id).bind("workspaceId", workspaceId)
                .bind("key", key).bind("name", name).bind("description", facts.description())
                .bind("cases", facts.cases()).bind("cells", facts.cells()).bind("arms", Json.text(facts.arms()))
                .bind("templateId", facts.templateId()).bind("by", by).execute() == 1;
    }

    static Set<String> keysStartingWith(Handle tx, UUID workspaceId, String prefix) {
        return tx.createQuery("""
                select key from eval_suite where workspace_id = :workspaceId and starts_with(key, :prefix)""")
                .bind("workspaceId", workspaceId).bind("prefix", prefix).mapTo(String.class).set();
    }

    static void insertVersion(Handle tx, UUID workspaceId, UUID id, int version, SuiteText text,
            @Nullable String message, int cases, String by) {
        tx.createUpdate(
                """
                        insert into eval_suite_version (suite_id, version, workspace_id, content, files, message, cases, created_by)
                        values (:id, :version, :workspaceId, :content, cast(:files as json), :message, :cases, :by)""")
                .bind("id", id).bind("version", version).bind("workspaceId", workspaceId)
                .bind("content", text.content()).bind("files", Json.text(text.filesJson())).bind("message", message)
                .bind("cases", cases).bind("by", by).execute();
    }

    static void update(Handle tx, UUID workspaceId, UUID id, String name, int version, Facts facts) {
        tx.createUpdate(
                """
                        update eval_suite set name = :name, version = :version, description = :description, cases = :cases, cells = :cells,
                               arms = cast(:arms as json), template_id = :templateId, updated_at = now()
                         where workspace_id = :workspaceId and id = :id""")
                .bind("workspaceId", workspaceId).bind("id", id)
                .bind("name", name).bind("version", version).bind("description", facts.description())
                .bind("cases", facts.cases()).bind("cells", facts.cells()).bind("arms", Json.text(facts.arms()))
                .bind("templateId", facts.templateId()).execute();
    }

    /// @return whether it was otherwise
    static boolean setArchived(Handle tx, UUID workspaceId, UUID id, boolean archived) {
        return tx.createUpdate("""
                update eval_suite set archived_at = case when :archived then now() end, updated_at = now()
                 where workspace_id = :workspaceId and id = :id and (archived_at is not null) <> :archived""")
                .bind("workspaceId", workspaceId).bind("id", id).bind("archived", archived).execute() == 1;
    }

    /// Until the transaction ends nobody else changes it.
    static boolean lock(Handle tx, UUID workspaceId, UUID id) {
        return tx.createQuery("select true from eval_suite where workspace_id = :workspaceId and id = :id for update")
                .bind("workspaceId", workspaceId).bind("id", id).mapTo(Boolean.class).findOne().isPresent();
    }

    static Optional<EvalSuite> find(Handle handle, UUID workspaceId, UUID id) {
        return handle.createQuery("""
                select s.*, t.name as template_name, r.id as run_id, r.status, r.verdict, r.created_at as run_at
                  from eval_suite s
                  left join template t on t.id = s.template_id
                  left join lateral (select id, status, verdict, created_at from eval_run where suite_id = s.id
                                      order by id desc limit 1) r on true
                 where s.workspace_id = :workspaceId and s.id = :id""").bind("workspaceId", workspaceId)
                .bind("id", id).map((row, _) -> suite(row)).findOne();
    }

    /// Newest first.
    static List<EvalSuite> list(Handle handle, UUID workspaceId, Filter filter) {
        return handle
                .createQuery(
                        """
                                select s.*, t.name as template_name, r.id as run_id, r.status, r.verdict, r.created_at as run_at
                                  from eval_suite s
                                  left join template t on t.id = s.template_id
                                  left join lateral (select id, status, verdict, created_at from eval_run where suite_id = s.id
                                                      order by id desc limit 1) r on true
                                 where s.workspace_id = :workspaceId and (s.archived_at is not null) = :archived
                                   and (cast(:q as text) is null or strpos(lower(s.name), lower(:q)) > 0 or strpos(s.key, lower(:q)) > 0)
                                   and (cast(:before as uuid) is null or s.id < :before)
                                 order by s.id desc limit :limit""")
                .bind("workspaceId", workspaceId)
                .bind("archived", filter.archived()).bind("q", filter.q()).bind("before", filter.before())
                .bind("limit", filter.limit()).map((row, _) -> suite(row)).list();
    }

    static Optional<SuiteVersion> version(Handle handle, UUID workspaceId, UUID id, int version) {
        return handle.createQuery("""
                select * from eval_suite_version
                 where workspace_id = :workspaceId and suite_id = :id and version = :version""")
                .bind("workspaceId", workspaceId).bind("id", id).bind("version", version)
                .map((row, _) -> version(row)).findOne();
    }

    /// Newest first.
    static List<SuiteVersion> versions(Handle handle, UUID workspaceId, UUID id, @Nullable Integer before, int limit) {
        return handle
                .createQuery(
                        """
                                select * from eval_suite_version
                                 where workspace_id = :workspaceId and suite_id = :id and (cast(:before as int) is null or version < :before)
                                 order by version desc limit :limit""")
                .bind("workspaceId", workspaceId).bind("id", id)
                .bind("before", before).bind("limit", limit).map((row, _) -> version(row)).list();
    }

    private static EvalSuite suite(ResultSet row) throws SQLException {
        var templateId = row.getObject("template_id", UUID.class);
        var templateName = row.getString("template_name");
        return new EvalSuite(row.getObject("id", UUID.class), row.getString("key"), row.getString("name"),
                new Facts(row.getString("description"), row.getInt("cases"), row.getLong("cells"),
                        Json.parse(row.getString("arms")), templateId),
                row.getInt("version"),
                templateId == null || templateName == null ? null : new EvalSuite.Template(templateId, templateName),
                time(row, "archived_at"), row.getString("created_by"), requireNonNull(time(row, "created_at")),
                requireNonNull(time(row, "updated_at")), lastRun(row));
    }

    private static @Nullable ObjectNode lastRun(ResultSet row) throws SQLException {
        var at = time(row, "run_at");
        return at == null ? null : Json.object().put("id", row.getString("run_id"))
                .put("status", row.getString("status")).put("verdict", row.getString("verdict"))
                .put("createdAt", Json.time(at));
    }

    private static SuiteVersion version(ResultSet row) throws SQLException {
        return new SuiteVersion(row.getObject("suite_id", UUID.class), row.getInt("version"),
                SuiteText.read(row.getString("content"), Json.parseObject(row.getString("files"))),
                row.getString("message"), row.getInt("cases"), row.getString("created_by"),
                requireNonNull(time(row, "created_at")));
    }

    static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        var time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
