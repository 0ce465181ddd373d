package dev.promptlab.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import dev.promptlab.event.JobLookup;
import dev.promptlab.web.Json;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/// Reads jobs.
final class JobStore {
    private JobStore() {}

    /// One job with its rendered prompt and attempt log, all of one moment.
    static Optional<Job> find(Handle handle, UUID workspaceId, UUID jobId) {
        return handle
                .createQuery(
                        """
                                select j.id, r.outcome, d.state, j.priority, j.template_id, j.template_name, j.template_version, j.provider, j.model,
                                       j.variables, j.params, j.input_hash, r.output, r.finish_reason, r.error_code, r.error, j.max_attempts,
                                       coalesce(d.attempt, r.attempts) as attempts, r.input_tokens, r.output_tokens, r.cached_input_tokens, r.cost_usd,
                                       coalesce(r.warnings, '[]') as warnings, j.metadata, j.created_at, r.finished_at, j.messages,
                                       coalesce(r.finished_at, greatest(j.updated_at, d.started_at, l.last_end)) as updated_at,
                                       case when d.job_id is null then j.run_at else d.run_at end as run_at,
                                       coalesce(l.first_start, d.started_at) as started_at, j.expires_at,
                                       coalesce(l.log, '[]') as attempt_log
                                  from job j
                                  left join job_result r on r.job_id = j.id
                                  left join job_dispatch d on d.job_id = j.id
                                 cross join lateral (
                                       select min(a.started_at) as first_start, max(a.finished_at) as last_end,
                                              json_agg(json_build_object(
                                                  'attempt', a.attempt,
                                                  'startedAt', to_char(a.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                                                  'finishedAt', to_char(a.finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                                                  'outcome', a.outcome,
                                                  'failureClass', a.failure_class,
                                                  'httpStatus', a.http_status,
                                                  'providerRequestId', a.provider_request_id,
                                                  'message', a.message,
                                                  'inputTokens', a.input_tokens,
                                                  'outputTokens', a.output_tokens,
                                                  'cachedInputTokens', a.cached_input_tokens,
                                                  'cacheWriteTokens', a.cache_write_tokens,
                                                  'reasoningTokens', a.reasoning_tokens,
                                                  'estimatedCostUSD', trim_scale(a.cost_usd),
                                                  'usageEstimated', a.usage_estimated,
                                                  'workerId', a.worker_id) order by a.attempt) as log
                                         from job_attempt a where a.job_id = j.id) l
                                 where j.workspace_id = :workspaceId and j.id = :jobId""")
                .bind("workspaceId", workspaceId).bind("jobId", jobId).map((row, _) -> job(row,
                        new Job.Detail(Json.parse(row.getString("messages")),
                                Json.parse(row.getString("attempt_log")))))
                .findOne();
    }

    /// When a job was created, and when it ended.
    static Optional<JobLookup.Life> life(Handle handle, UUID workspaceId, UUID jobId) {
        return handle.createQuery("""
                select j.created_at, r.finished_at from job j left join job_result r on r.job_id = j.id
                 where j.workspace_id = :workspaceId and j.id = :jobId""")
                .bind("workspaceId", workspaceId).bind("jobId", jobId)
                .map((row, _) -> new JobLookup.Life(requireNonNull(JobRows.time(row, "created_at")),
                        JobRows.time(row, "finished_at")))
                .findOne();
    }

    /// Plans for the values at hand from here to the end of the transaction: one plan for all would scan everything when filters are absent.
    static void planAnew(Handle tx) {
        tx.execute("set local plan_cache_mode = force_custom_plan");
    }

    /// Where a page ends at the latest that looks at so many jobs; empty when there are no more than that.
    static Optional<UUID> floor(Handle tx, UUID workspaceId, JobFilter filter, int visits) {
        return JobFilterStore
                .bind(tx.createQuery(
                        """
                                select j.id from job j
                                 where j.workspace_id = :workspaceId
                                   and (cast(:cursor as uuid) is null or j.id < :cursor)
                                   and (cast(:fromId as uuid) is null or j.id >= :fromId) and (cast(:toId as uuid) is null or j.id < :toId)
                                 order by j.id desc offset :visits limit 1"""),
                        workspaceId, filter)
                .bind("cursor", filter.cursor())
                .bind("visits", visits).mapTo(UUID.class).findOne();
    }

    /// Newest first, by id; one more than the limit when there is a next page.
    ///
    /// @param floor the page ends before this job; null = nowhere
    static List<Job> list(Handle tx, UUID workspaceId, JobFilter filter, @Nullable UUID floor) {
        return JobFilterStore.bind(tx.createQuery(
                """
                        select j.id, r.outcome, d.state, j.priority, j.template_id, j.template_name, j.template_version, j.provider, j.model,
                               j.variables, j.params, j.input_hash, r.output, r.finish_reason, r.error_code, r.error, j.max_attempts,
                               coalesce(d.attempt, r.attempts) as attempts, r.input_tokens, r.output_tokens, r.cached_input_tokens, r.cost_usd,
                               coalesce(r.warnings, '[]') as warnings, j.metadata, j.created_at, r.finished_at,
                               coalesce(r.finished_at, greatest(j.updated_at, d.started_at)) as updated_at,
                               case when d.job_id is null then j.run_at else d.run_at end as run_at,
                               coalesce(r.started_at, d.started_at) as started_at, j.expires_at
                          from job j
                          left join job_result r on r.job_id = j.id
                          left join job_dispatch d on d.job_id = j.id
                         where j.workspace_id = :workspaceId and j.kind = 'generation'
                           and (cast(:cursor as uuid) is null or j.id < :cursor)
                           and (cast(:floor as uuid) is null or j.id > :floor)
                           and (cast(:fromId as uuid) is null or j.id >= :fromId) and (cast(:toId as uuid) is null or j.id < :toId)
                           and (cast(:outcome as text) is null or r.outcome = :outcome)
                           and (cast(:running as boolean) is null or d.job_id is not null and (d.state = 1) = :running)
                           and (cast(:provider as text) is null or j.provider = :provider)
                           and (cast(:model as text) is null or j.model = :model)
                           and (cast(:templateId as uuid) is null or j.template_id = :templateId)
                           and (cast(:priority as int) is null or j.priority = :priority)
                           and (cast(:from as timestamptz) is null or j.created_at >= :from)
                           and (cast(:to as timestamptz) is null or j.created_at < :to)
                           and (cast(:minCost as numeric) is null or r.cost_usd >= :minCost)
                           and (cast(:q as text) is null or starts_with(j.id::text, lower(:q)) or strpos(lower(r.output), lower(:q)) > 0
                                or strpos(lower(r.error), lower(:q)) > 0
                                or exists (select from json_array_elements(j.messages) m where strpos(lower(m ->> 'content'), lower(:q)) > 0))
                         order by j.id desc limit :limit"""),
                workspaceId, filter)
                .bind("cursor", filter.cursor()).bind("floor", floor).bind("limit", filter.limit() + 1)
                .map((row, _) -> job(row, null))
                .list();
    }

    private static Job job(ResultSet row, Job.@Nullable Detail detail) throws SQLException {
        var status = JobRows.status(row);
        return new Job(row.getObject("id", UUID.class), status, Priority.of(row.getInt("priority")),
                template(row), row.getString("provider"), row.getString("model"),
                Json.parseObject(row.getString("variables")), Json.parseObject(row.getString("params")),
                InputHash.of(row.getBytes("input_hash")), status.isLive() ? null : result(row), row.getInt("attempts"),
                row.getInt("max_attempts"), usage(row), Json.parse(row.getString("warnings")),
                Json.parseObject(row.getString("metadata")), times(row), detail);
    }

    private static NewJob.@Nullable TemplateRef template(ResultSet row) throws SQLException {
        var id = row.getObject("template_id", UUID.class);
        return id == null ? null
                : new NewJob.TemplateRef(id, row.getString("template_name"), row.getInt("template_version"));
    }

    private static Job.Result result(ResultSet row) throws SQLException {
        return new Job.Result(row.getString("output"), row.getString("finish_reason"), row.getString("error_code"),
                row.getString("error"));
    }

    private static Job.Usage usage(ResultSet row) throws SQLException {
        return new Job.Usage(row.getObject("input_tokens", Long.class), row.getObject("output_tokens", Long.class),
                row.getObject("cached_input_tokens", Long.class), row.getBigDecimal("cost_usd"));
    }

    private static Job.Times times(ResultSet row) throws SQLException {
        return new Job.Times(requireNonNull(JobRows.time(row, "created_at")),
                requireNonNull(JobRows.time(row, "updated_at")), JobRows.time(row, "run_at"),
                JobRows.time(row, "expires_at"),
                JobRows.time(row, "started_at"), JobRows.time(row, "finished_at"));
    }
}
