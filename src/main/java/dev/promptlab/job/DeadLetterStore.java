package dev.promptlab.job;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/// Jobs that ended badly: groups of them, and their way back into the queue or out of the database.
final class DeadLetterStore {
    /// Failed jobs with one cause.
    ///
    /// @param lastError what the latest of them said
    record Group(String errorCode, String provider, String model, long count, Instant firstAt, Instant lastAt,
            UUID lastJobId, String lastError) {}

    private DeadLetterStore() {}

    /// The largest first, at most 100.
    static List<Group> groups(Handle handle, UUID workspaceId, DeadLetterFilter filter) {
        return filtered(
                handle.createQuery(
                        """
                                select r.error_code, j.provider, j.model, count(*) as n, min(r.finished_at) as first_at, max(r.finished_at) as last_at,
                                       (array_agg(r.job_id order by r.finished_at desc))[1] as last_id,
                                       (array_agg(r.error order by r.finished_at desc))[1] as last_error
                                  from job_result r join job j on j.id = r.job_id
                                 where r.workspace_id = :workspaceId and r.outcome = 'failed' and j.kind = 'generation'
                                   and (cast(:provider as text) is null or j.provider = :provider)
                                   and (cast(:model as text) is null or j.model = :model)
                                   and (cast(:templateId as uuid) is null or j.template_id = :templateId)
                                   and (cast(:errorCode as text) is null or r.error_code = :errorCode)
                                   and (cast(:from as timestamptz) is null or r.finished_at >= :from)
                                   and (cast(:to as timestamptz) is null or r.finished_at < :to)
                                 group by r.error_code, j.provider, j.model
                                 order by n desc, last_at desc limit 100"""),
                workspaceId, filter)
                .map((row, _) -> new Group(row.getString("error_code"), row.getString("provider"),
                        row.getString("model"),
                        row.getLong("n"), requireNonNull(JobRows.time(row, "first_at")),
                        requireNonNull(JobRows.time(row, "last_at")),
                        row.getObject("last_id", UUID.class), row.getString("last_error")))
                .list();
    }

    /// The failed jobs of a filter, oldest first, locked until the transaction ends, so that the set stays as it was counted.
    static List<UUID> lock(Handle tx, UUID workspaceId, DeadLetterFilter filter) {
        return filtered(tx.createQuery("""
                select r.job_id from job_result r join job j on j.id = r.job_id
                 where r.workspace_id = :workspaceId and r.outcome = 'failed' and j.kind = 'generation'
                   and (cast(:provider as text) is null or j.provider = :provider)
                   and (cast(:model as text) is null or j.model = :model)
                   and (cast(:templateId as uuid) is null or j.template_id = :templateId)
                   and (cast(:errorCode as text) is null or r.error_code = :errorCode)
                   and (cast(:from as timestamptz) is null or r.finished_at >= :from)
                   and (cast(:to as timestamptz) is null or r.finished_at < :to)
                 order by r.job_id for update of r"""), workspaceId, filter).mapTo(UUID.class).list();
    }

    /// Puts failed or cancelled jobs back: same id and priority, attempt numbers go on, a new budget. A job whose input has a
    /// newer job is left as it is.
    ///
    /// @param perSecond how many of them become due a second; null = all at once
    /// @return those that are queued again
    static Set<UUID> requeue(Handle tx, UUID workspaceId, List<UUID> jobIds, @Nullable Double perSecond) {
        return new HashSet<>(tx
                .createQuery(
                        """
                                with ended as materialized (
                                    select r.job_id, r.epoch, r.attempts from job_result r
                                     where r.workspace_id = :workspaceId and r.job_id = any(:ids) and r.outcome in ('failed', 'cancelled')
                                     order by r.job_id for update),
                                keyed as (
                                    insert into job_key (workspace_id, input_hash, job_id)
                                    select j.workspace_id, j.input_hash, j.id from ended e join job j on j.id = e.job_id order by j.input_hash
                                    on conflict do nothing returning job_id),
                                erased as (
                                    delete from job_result r using keyed k where r.job_id = k.job_id),
                                revived as (
                                    update job j set expires_at = null, run_at = null, updated_at = now()
                                      from keyed k join ended e on e.job_id = k.job_id where j.id = k.job_id
                                    returning j.id, j.lane_id, j.priority, j.max_attempts, e.attempts, e.epoch),
                                placed as (
                                    select r.*, now() + (row_number() over (order by r.id) - 1) / cast(:perSecond as double precision) * interval '1 s' as due
                                      from revived r),
                                told as (    -- many at once: in rows of some hundreds
                                    insert into event (types, workspaces, jobs)
                                    select array_agg(event_type 'job.queued'), array_agg(cast(:workspaceId as uuid)), array_agg(n.id)
                                      from (select id, (row_number() over (order by id) - 1) / 256 as part from revived) n group by n.part)
                                insert into job_dispatch (job_id, workspace_id, lane_id, priority, tries_left, attempt, epoch, state, run_at)
                                select p.id, :workspaceId, p.lane_id, p.priority, p.max_attempts, p.attempts, p.epoch,
                                       case when p.due > now() then 2 else 0 end, case when p.due > now() then p.due end
                                  from placed p order by p.id
                                returning job_id""")
                .bind("workspaceId", workspaceId).bindArray("ids", UUID.class, jobIds).bind("perSecond", perSecond)
                .mapTo(UUID.class).list());
    }

    /// The job that holds the key of another job's input.
    static Optional<UUID> holderOfSameInput(Handle handle, UUID workspaceId, UUID jobId) {
        return handle.createQuery("""
                select k.job_id from job j
                  join job_key k on k.workspace_id = j.workspace_id and k.input_hash = j.input_hash
                 where j.workspace_id = :workspaceId and j.id = :jobId""")
                .bind("workspaceId", workspaceId).bind("jobId", jobId).mapTo(UUID.class).findOne();
    }

    /// Removes jobs with their attempts. Failed ones hold no key. The records go last: what keeps the figures right reads them when
    /// results and attempts go.
    static void purge(Handle tx, UUID workspaceId, List<UUID> jobIds) {
        tx.createUpdate(
                """
                        with gone as (
                            delete from job_result where workspace_id = :workspaceId and job_id = any(:ids) and outcome = 'failed' returning job_id)
                        delete from job_attempt a using gone g where a.job_id = g.job_id""")
                .bind("workspaceId", workspaceId).bindArray("ids", UUID.class, jobIds).execute();
        tx.createUpdate("""
                delete from job j where j.workspace_id = :workspaceId and j.id = any(:ids)
                   and not exists (select from job_result r where r.job_id = j.id)
                   and not exists (select from job_dispatch d where d.job_id = j.id)""")
                .bind("workspaceId", workspaceId).bindArray("ids", UUID.class, jobIds).execute();
    }

    static <S extends SqlStatement<S>> S filtered(S statement, UUID workspaceId, DeadLetterFilter filter) {
        return statement.bind("workspaceId", workspaceId).bind("provider", filter.provider())
                .bind("model", filter.model())
                .bind("templateId", filter.templateId()).bind("errorCode", filter.errorCode())
                .bind("from", JobRows.offset(filter.from())).bind("to", JobRows.offset(filter.to()));
    }
}
