package dev.promptlab.job;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Ends jobs that nobody runs, and asks for the end of one that somebody runs.
final class CancelStore {
    /// What became of the wish to cancel a live job.
    enum Cancelled {
        /// It waited and has ended.
        ENDED,
        /// It runs; its worker will see the wish.
        REQUESTED
    }

    private CancelStore() {}

    /// Empty when the job is not live.
    static Optional<Cancelled> cancel(Handle tx, UUID workspaceId, UUID jobId) {
        var running = tx.createQuery("""
                select state = 1 from job_dispatch where job_id = :jobId and workspace_id = :workspaceId for update""")
                .bind("jobId", jobId).bind("workspaceId", workspaceId).mapTo(Boolean.class).findOne();
        if (running.isEmpty()) {
            return Optional.empty();
        }
        if (running.get()) {
            tx.createUpdate("update job_dispatch set cancel = true where job_id = :jobId").bind("jobId", jobId)
                    .execute();
            return Optional.of(Cancelled.REQUESTED);
        }
        endCancelled(tx, List.of(jobId));
        return Optional.of(Cancelled.ENDED);
    }

    /// @param jobIds locked by this transaction, none of them running
    static void endCancelled(Handle tx, List<UUID> jobIds) {
        if (!jobIds.isEmpty()) {
            endWaiting(tx, jobIds, JobStatus.CANCELLED, null, null);
        }
    }

    /// Ends waiting jobs whose time is over.
    ///
    /// @return their ids
    static List<UUID> expire(Handle tx, int limit) {
        var late = tx.createQuery("""
                select job_id from job_dispatch where expires_at < now() and state <> 1
                 order by expires_at limit :limit for update skip locked""").bind("limit", limit).mapTo(UUID.class)
                .list();
        if (!late.isEmpty()) {
            endWaiting(tx, late, JobStatus.FAILED, RetryPolicy.EXPIRED, RetryPolicy.EXPIRED_MESSAGE);
        }
        return late;
    }

    /// @param jobIds locked by this transaction, none of them running
    private static void endWaiting(Handle tx, List<UUID> jobIds, JobStatus status, @Nullable String errorCode,
            @Nullable String error) {
        tx.createUpdate(
                """
                        with gone as (
                            delete from job_dispatch where job_id = any(:ids) returning job_id, workspace_id, attempt, epoch),
                        freed as (
                            delete from job_key k using gone g join job j on j.id = g.job_id
                             where k.workspace_id = j.workspace_id and k.input_hash = j.input_hash and k.job_id = j.id),
                        told as (
                            insert into event (types, workspaces, jobs, attempts, error_codes)
                            select array_agg(('job.' || :status)::event_type), array_agg(g.workspace_id), array_agg(g.job_id), array_agg(g.attempt),
                                   array_agg(cast(:errorCode as text))
                              from gone g having count(*) > 0)
                        insert into job_result (job_id, workspace_id, outcome, epoch, attempts, error_code, error, input_tokens, output_tokens,
                                                cached_input_tokens, cost_usd, warnings, started_at)
                        select g.job_id, g.workspace_id, :status, g.epoch, g.attempt, :errorCode, :error, e.input_tokens, e.output_tokens,
                               e.cached_input_tokens, e.cost_usd,
                               e.warnings || job_unknown_warning_v1(e.input_tokens, e.cost_usd, j.provider, j.model), e.started_at
                          from gone g
                          join job j on j.id = g.job_id
                         cross join lateral job_attempts_before_v1(g.job_id, g.attempt + 1) e""")
                .bindArray("ids", UUID.class, jobIds).bind("status", status.code()).bind("errorCode", errorCode)
                .bind("error", error).execute();
    }
}
