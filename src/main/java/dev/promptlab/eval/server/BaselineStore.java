package dev.promptlab.eval.server;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import org.jdbi.v3.core.Handle;

import static java.util.Objects.requireNonNull;

/// The table `eval_baseline`.
final class BaselineStore {
    private BaselineStore() {}

    static Optional<Baseline> find(Handle handle, UUID workspaceId, UUID suiteId, String name) {
        return handle.createQuery("""
                select * from eval_baseline
                 where workspace_id = :workspaceId and suite_id = :suiteId and name = :name""")
                .bind("workspaceId", workspaceId).bind("suiteId", suiteId).bind("name", name)
                .map((row, _) -> baseline(row)).findOne();
    }

    /// By name.
    static List<Baseline> list(Handle handle, UUID workspaceId, UUID suiteId) {
        return handle.createQuery("""
                select * from eval_baseline where workspace_id = :workspaceId and suite_id = :suiteId order by name""")
                .bind("workspaceId", workspaceId).bind("suiteId", suiteId).map((row, _) -> baseline(row)).list();
    }

    static void put(Handle tx, UUID workspaceId, UUID suiteId, String name, UUID runId, String by) {
        tx.createUpdate(
                """
                        insert into eval_baseline (suite_id, name, workspace_id, run_id, set_by)
                        values (:suiteId, :name, :workspaceId, :runId, :by)
                        on conflict (suite_id, name) do update set run_id = excluded.run_id, set_by = excluded.set_by, set_at = now()""")
                .bind("suiteId", suiteId).bind("name", name).bind("workspaceId", workspaceId).bind("runId", runId)
                .bind("by", by).execute();
    }

    static boolean delete(Handle tx, UUID workspaceId, UUID suiteId, String name) {
        return tx.createUpdate("""
                delete from eval_baseline
                 where workspace_id = :workspaceId and suite_id = :suiteId and name = :name""")
                .bind("workspaceId", workspaceId).bind("suiteId", suiteId).bind("name", name).execute() == 1;
    }

    private static Baseline baseline(ResultSet row) throws SQLException {
        return new Baseline(row.getObject("suite_id", UUID.class), row.getString("name"),
                row.getObject("run_id", UUID.class), row.getString("set_by"),
                requireNonNull(SuiteStore.time(row, "set_at")));
    }
}
