package dev.promptlab.eval.server;

import java.util.List;
import java.util.UUID;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// All that a workspace has of evaluations, for export and removal.
final class EvalDataStore {
    private static final List<String> DELETES = List.of(
            """
                    delete from eval_row where ctid = any (array(
                        select ctid from eval_row where workspace_id = :workspaceId limit :limit))""",
            """
                    delete from eval_answer where ctid = any (array(
                        select ctid from eval_answer where workspace_id = :workspaceId limit :limit))""",
            """
                    delete from eval_rerun where ctid = any (array(
                        select ctid from eval_rerun where workspace_id = :workspaceId limit :limit))""",
            """
                    delete from eval_finding where ctid = any (array(
                        select ctid from eval_finding where workspace_id = :workspaceId limit :limit))""",
            """
                    delete from eval_baseline where ctid = any (array(
                        select ctid from eval_baseline where workspace_id = :workspaceId limit :limit))""",
            """
                    delete from eval_gate where ctid = any (array(
                        select ctid from eval_gate where workspace_id = :workspaceId limit :limit))""",
            """
                    delete from eval_run where ctid = any (array(
                        select ctid from eval_run where workspace_id = :workspaceId limit :limit))""",
            """
                    delete from eval_suite_version where ctid = any (array(
                        select ctid from eval_suite_version where workspace_id = :workspaceId limit :limit))""",
            """
                    delete from eval_suite where ctid = any (array(
                        select ctid from eval_suite where workspace_id = :workspaceId limit :limit))""");

    private EvalDataStore() {}

    static List<UUID> suites(Handle handle, UUID workspaceId) {
        return handle.createQuery("select id from eval_suite where workspace_id = :workspaceId order by id")
                .bind("workspaceId", workspaceId).mapTo(UUID.class).list();
    }

    static List<UUID> runs(Handle handle, UUID workspaceId, @Nullable UUID after, int limit) {
        return handle.createQuery(
                """
                        select id from eval_run
                         where workspace_id = :workspaceId and (cast(:after as uuid) is null or id > :after) order by id limit :limit""")
                .bind("workspaceId", workspaceId).bind("after", after).bind("limit", limit).mapTo(UUID.class).list();
    }

    /// Takes runs from whoever drives them: what they still write counts no more.
    static void stopAll(Handle tx, UUID workspaceId) {
        tx.createUpdate(
                """
                        update eval_run set status = 'cancelled', epoch = epoch + 1, cancel_requested = true, finished_at = now()
                         where workspace_id = :workspaceId and status in ('queued', 'running')""")
                .bind("workspaceId", workspaceId).execute();
    }

    /// Removes what stands lowest first, so that nothing points to what is gone.
    ///
    /// @return how many rows, at most `limit`
    static int deleteSome(Handle tx, UUID workspaceId, int limit) {
        for (var delete : DELETES) {
            var deleted = tx.createUpdate(delete).bind("workspaceId", workspaceId).bind("limit", limit).execute();
            if (deleted > 0) {
                return deleted;
            }
        }
        return 0;
    }
}
