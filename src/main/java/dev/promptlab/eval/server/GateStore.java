package dev.promptlab.eval.server;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.template.LabelGate;
import dev.promptlab.web.Json;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/// The table `eval_gate`.
final class GateStore {
    private GateStore() {}

    /// A gate that a move does not pass.
    ///
    /// @param maxAge null = any
    record Closed(UUID suiteId, String suiteKey, @Nullable Duration maxAge) {}

    /// Gates on a move without a whole run that has passed with exactly that version. The runs that open the others are locked, so that
    /// nobody grades them again before the move is committed.
    static List<Closed> closed(Handle tx, LabelGate.Move move) {
        return tx
                .createQuery(
                        """
                                with opening as materialized (
                                    select r.suite_id, r.finished_at from eval_run r
                                     where r.workspace_id = :workspaceId and r.template_id = :templateId and r.template_version = :version
                                       and r.status = 'completed' and r.verdict = 'pass' and r.settings ->> 'filter' is null
                                     for share)
                                select s.id, s.key, extract(epoch from g.max_age) as max_age
                                  from eval_gate g join eval_suite s on s.id = g.suite_id
                                 where g.workspace_id = :workspaceId and g.label = :label and s.template_id = :templateId and s.archived_at is null
                                   and not exists (select from opening o
                                                    where o.suite_id = s.id and (g.max_age is null or o.finished_at > now() - g.max_age))
                                 order by s.key""")
                .bind("workspaceId", move.workspaceId()).bind("templateId", move.templateId())
                .bind("version", move.version()).bind("label", move.label())
                .map((row, _) -> new Closed(row.getObject("id", UUID.class), row.getString("key"), age(row))).list();
    }

    static void put(Handle tx, UUID workspaceId, UUID suiteId, String label, @Nullable Duration maxAge, String by) {
        tx.createUpdate(
                """
                        insert into eval_gate (suite_id, label, workspace_id, max_age, set_by)
                        values (:suiteId, :label, :workspaceId, :maxAge, :by)
                        on conflict (suite_id, label) do update set max_age = excluded.max_age, set_by = excluded.set_by, set_at = now()""")
                .bind("suiteId", suiteId).bind("label", label).bind("workspaceId", workspaceId).bind("maxAge", maxAge)
                .bind("by", by).execute();
    }

    static boolean delete(Handle tx, UUID workspaceId, UUID suiteId, String label) {
        return tx.createUpdate("""
                delete from eval_gate where workspace_id = :workspaceId and suite_id = :suiteId and label = :label""")
                .bind("workspaceId", workspaceId).bind("suiteId", suiteId).bind("label", label).execute() == 1;
    }

    /// In the shape of the API, by label.
    ///
    /// @param suiteId only of this suite; null = all
    static List<ObjectNode> list(Handle handle, UUID workspaceId, @Nullable UUID suiteId, @Nullable String label) {
        return handle
                .createQuery(
                        """
                                select g.label, g.set_by, g.set_at, extract(epoch from g.max_age) as max_age, s.id, s.key, s.name, s.template_id,
                                       t.name as template_name
                                  from eval_gate g join eval_suite s on s.id = g.suite_id left join template t on t.id = s.template_id
                                 where g.workspace_id = :workspaceId and (cast(:suiteId as uuid) is null or g.suite_id = :suiteId)
                                   and (cast(:label as text) is null or g.label = :label)
                                 order by g.label, s.key""")
                .bind("workspaceId", workspaceId).bind("suiteId", suiteId)
                .bind("label", label).map((row, _) -> gate(row)).list();
    }

    private static ObjectNode gate(ResultSet row) throws SQLException {
        var json = Json.object().put("label", row.getString("label"));
        json.putObject("suite").put("id", row.getString("id")).put("key", row.getString("key")).put("name",
                row.getString("name"));
        if (row.getString("template_name") == null) {
            json.putNull("template");
        } else {
            json.putObject("template").put("id", row.getString("template_id")).put("name",
                    row.getString("template_name"));
        }
        var age = age(row);
        return json.put("maxAge", age == null ? null : words(age)).put("setBy", row.getString("set_by"))
                .put("setAt", Json.time(requireNonNull(SuiteStore.time(row, "set_at"))));
    }

    private static @Nullable Duration age(ResultSet row) throws SQLException {
        return Optional.ofNullable(row.getBigDecimal("max_age"))
                .map(seconds -> Duration.ofMillis(seconds.movePointRight(3).longValue())).orElse(null);
    }

    /// `7d`, `90m`: in the largest unit without a rest.
    static String words(Duration age) {
        var millis = age.toMillis();
        if (millis % 86_400_000 == 0) {
            return millis / 86_400_000 + "d";
        }
        if (millis % 3_600_000 == 0) {
            return millis / 3_600_000 + "h";
        }
        return millis % 60_000 == 0 ? millis / 60_000 + "m"
                : millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }
}
