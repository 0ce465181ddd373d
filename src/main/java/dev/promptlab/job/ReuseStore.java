package dev.promptlab.job;

import java.util.UUID;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Which completed jobs answer an input.
final class ReuseStore {
    private ReuseStore() {}

    /// Frees the inputs of completed jobs, which stay.
    ///
    /// @return how many, at most `limit`
    static int release(Handle tx, UUID workspaceId, @Nullable UUID templateId, @Nullable InputHash hash, int limit) {
        return tx.createUpdate("""
                delete from job_key k using (
                    select k.input_hash, k.job_id
                      from job_key k join job_result r on r.job_id = k.job_id join job j on j.id = k.job_id
                     where k.workspace_id = :workspaceId and r.outcome = 'completed'
                       and (cast(:templateId as uuid) is null or j.template_id = :templateId)
                       and (cast(:hash as bytea) is null or k.input_hash = :hash)
                     order by k.input_hash limit :limit for update of k) done
                 where k.workspace_id = :workspaceId and k.input_hash = done.input_hash and k.job_id = done.job_id""")
                .bind("workspaceId", workspaceId).bind("templateId", templateId)
                .bind("hash", hash == null ? null : hash.bytes()).bind("limit", limit).execute();
    }

    static int count(Handle handle, UUID workspaceId, int limit) {
        return handle.createQuery("""
                select count(*) from (
                    select from job_key k join job_result r on r.job_id = k.job_id
                     where k.workspace_id = :workspaceId and r.outcome = 'completed' limit :limit) found""")
                .bind("workspaceId", workspaceId).bind("limit", limit).mapTo(Integer.class).one();
    }
}
