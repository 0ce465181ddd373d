package dev.promptlab.job;

import java.util.List;
import java.util.UUID;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// All jobs of one workspace: their way out, and their end.
final class JobDataStore {
    private JobDataStore() {}

    /// In the order of their creation.
    static List<UUID> ids(Handle handle, UUID workspaceId, @Nullable UUID after, int limit) {
        return handle.createQuery("""
                select id from job
                 where workspace_id = :workspaceId and (cast(:after as uuid) is null or id > :after)
                 order by id limit :limit""").bind("workspaceId", workspaceId).bind("after", after)
                .bind("limit", limit).mapTo(UUID.class).list();
    }

    static List<UUID> lockWaiting(Handle tx, UUID workspaceId, int limit) {
        return tx.createQuery("""
                select job_id from job_dispatch where workspace_id = :workspaceId and state <> 1
                 limit :limit for update skip locked""").bind("workspaceId", workspaceId).bind("limit", limit)
                .mapTo(UUID.class).list();
    }

    /// @return how many had not been asked to end before
    static int cancelRunning(Handle tx, UUID workspaceId) {
        return tx.createUpdate("""
                update job_dispatch d set cancel = true
                  from (select job_id from job_dispatch where workspace_id = :workspaceId and state = 1 and not cancel
                           for update skip locked) running
                 where d.job_id = running.job_id""").bind("workspaceId", workspaceId).execute();
    }

    /// Removes jobs that do not live any more, with all that hangs on them.
    ///
    /// @return how many, at most `limit`
    static int deleteEnded(Handle tx, UUID workspaceId, int limit) {
        return tx.createQuery("""
                with ended as materialized (
                    select j.id from job j
                     where j.workspace_id = :workspaceId
                       and not exists (select from job_dispatch d where d.job_id = j.id)
                     order by j.id limit :limit),
                results as (
                    delete from job_result r using ended e where r.job_id = e.id),
                attempts as (
                    delete from job_attempt a using ended e where a.job_id = e.id),
                records as (
                    delete from job j using ended e where j.id = e.id returning j.id, j.workspace_id, j.input_hash),
                keys as (
                    delete from job_key k using records r
                     where k.workspace_id = r.workspace_id and k.input_hash = r.input_hash and k.job_id = r.id)
                select count(*) from ended""").bind("workspaceId", workspaceId).bind("limit", limit)
                .mapTo(Integer.class).one();
    }

    /// @return how many, at most `limit`
    static int deleteIdempotencyKeys(Handle tx, UUID workspaceId, int limit) {
        return tx.createUpdate("""
                delete from idempotency_key where ctid = any (array(
                    select ctid from idempotency_key where workspace_id = :workspaceId limit :limit))""")
                .bind("workspaceId", workspaceId).bind("limit", limit).execute();
    }

    static boolean isEmpty(Handle tx, UUID workspaceId) {
        return tx.createQuery("select not exists (select from job where workspace_id = :workspaceId)")
                .bind("workspaceId", workspaceId).mapTo(Boolean.class).one();
    }
}
