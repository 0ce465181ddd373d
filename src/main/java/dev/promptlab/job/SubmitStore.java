package dev.promptlab.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

import dev.promptlab.cache.Reusable;
import dev.promptlab.db.Columns;
import dev.promptlab.job.NewJob.TemplateRef;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The statements of a submit. They take whole batches.
final class SubmitStore {
    private SubmitStore() {}

    /// Takes one key whoever holds it, or only if `replaces` does.
    ///
    /// @return false when another job took it from `replaces` in between
    static boolean takeKey(Handle tx, NewJob job, @Nullable UUID replaces) {
        return tx.createUpdate("""
                insert into job_key as k (workspace_id, input_hash, job_id) values (:workspaceId, :hash, :id)
                on conflict (workspace_id, input_hash) do update set job_id = excluded.job_id
                 where cast(:replaces as uuid) is null or k.job_id = :replaces""")
                .bind("workspaceId", job.workspaceId()).bind("hash", job.inputHash().bytes()).bind("id", job.id())
                .bind("replaces", replaces).execute() == 1;
    }

    /// Takes the keys that nobody holds, and writes records and dispatch rows for them, in the order of the list. Waits for
    /// transactions that are about to take the same keys.
    ///
    /// @return the ids that were created; the others lost their key to somebody else
    static Set<UUID> create(Handle handle, List<NewJob> jobs) {
        return create(handle, jobs, false);
    }

    /// Writes record and dispatch row of a job that holds its key already.
    static void createKeyed(Handle tx, NewJob job) {
        create(tx, List.of(job), true);
    }

    private static Set<UUID> create(Handle handle, List<NewJob> jobs, boolean keyed) {
        return handle.createQuery(
                """
                        with s as materialized (
                            select u.*
                              from unnest(:ids, :workspaces, :kinds, :hashes, :lanes, :priorities, :templates, :templateNames, :versions, :providers,
                                          :models, :variables, :params, :messages, :metadata, :maxAttempts, :runAts, :expiries, :inputTokens, :inputCosts)
                                   with ordinality
                                   u(id, workspace_id, kind, input_hash, lane_id, priority, template_id, template_name, template_version, provider,
                                     model, variables, params, messages, metadata, max_attempts, run_at, expires_at, input_tokens, input_cost, place)),
                        taken as (    -- sorted, so that two batches cannot deadlock
                            insert into job_key (workspace_id, input_hash, job_id)
                            select s.workspace_id, s.input_hash, s.id from s where not :keyed order by s.workspace_id, s.input_hash
                            on conflict do nothing
                            returning job_id),
                        mine as materialized (
                            select s.* from s where :keyed or s.id in (select job_id from taken)),
                        record as (
                            insert into job (id, workspace_id, kind, input_hash, lane_id, priority, template_id, template_name, template_version,
                                             provider, model, variables, params, messages, metadata, max_attempts, run_at, expires_at,
                                             estimated_input_tokens, estimated_input_cost_usd)
                            select s.id, s.workspace_id, s.kind, s.input_hash, s.lane_id, s.priority, s.template_id, s.template_name, s.template_version,
                                   s.provider, s.model, s.variables::json, s.params::json, s.messages::json, s.metadata::json, s.max_attempts,
                                   s.run_at, s.expires_at, s.input_tokens, s.input_cost
                              from mine s),
                        told as (
                            insert into event (types, workspaces, jobs)
                            select array_agg(event_type 'job.queued'), array_agg(s.workspace_id), array_agg(s.id) from mine s having count(*) > 0)
                        insert into job_dispatch (job_id, workspace_id, lane_id, priority, tries_left, expires_at, state, run_at)
                        select s.id, s.workspace_id, s.lane_id, s.priority, s.max_attempts, s.expires_at,
                               case when s.run_at > now() then 2 else 0 end, case when s.run_at > now() then s.run_at end
                          from mine s order by s.place
                        returning job_id""")
                .bind("keyed", keyed)
                .bind("ids", Columns.uuids(jobs, NewJob::id))
                .bind("workspaces", Columns.uuids(jobs, NewJob::workspaceId))
                .bind("kinds", Columns.texts(jobs, job -> job.kind().code()))
                .bind("hashes", Columns.bytes(jobs, job -> job.inputHash().bytes()))
                .bind("lanes", Columns.ints(jobs, NewJob::laneId))
                .bind("priorities", Columns.ints(jobs, job -> job.priority().number()))
                .bind("templates", Columns.uuids(jobs, template(TemplateRef::id)))
                .bind("templateNames", Columns.texts(jobs, template(TemplateRef::name)))
                .bind("versions", Columns.ints(jobs, template(TemplateRef::version)))
                .bind("providers", Columns.texts(jobs, NewJob::provider))
                .bind("models", Columns.texts(jobs, NewJob::model))
                .bind("variables", Columns.texts(jobs, NewJob::variables))
                .bind("params", Columns.texts(jobs, NewJob::params))
                .bind("messages", Columns.texts(jobs, NewJob::messages))
                .bind("metadata", Columns.texts(jobs, NewJob::metadata))
                .bind("maxAttempts", Columns.ints(jobs, NewJob::maxAttempts))
                .bind("runAts", Columns.times(jobs, NewJob::runAt))
                .bind("expiries", Columns.times(jobs, NewJob::expiresAt))
                .bind("inputTokens", Columns.longs(jobs, NewJob::estimatedInputTokens))
                .bind("inputCosts", Columns.decimals(jobs, NewJob::estimatedInputCostUsd)).mapTo(UUID.class).set();
    }

    /// What holds the keys of these inputs. Must be a later statement than [#create]: that one's snapshot cannot see
    /// the winners it waited for.
    static Map<InputHash, Submission> existing(Handle tx, List<NewJob> jobs) {
        var found = new HashMap<InputHash, Submission>();
        if (jobs.isEmpty()) {
            return found;
        }
        tx.createQuery(
                """
                        select k.input_hash, k.job_id, r.outcome, d.state, extract(epoch from now() - r.finished_at) as age_seconds,
                               r.input_tokens, r.output_tokens, r.cost_usd
                          from unnest(:workspaces, :hashes) u(workspace_id, input_hash)
                          join job_key k on k.workspace_id = u.workspace_id and k.input_hash = u.input_hash
                          left join job_result r on r.job_id = k.job_id
                          left join job_dispatch d on d.job_id = k.job_id""")
                .bind("workspaces", Columns.uuids(jobs, NewJob::workspaceId))
                .bind("hashes", Columns.bytes(jobs, job -> job.inputHash().bytes()))
                .map((row, _) -> found.put(InputHash.of(row.getBytes("input_hash")), submission(row))).list();
        return found;
    }

    private static Submission submission(ResultSet row) throws SQLException {
        var status = JobRows.status(row);
        var age = status.isLive() ? null : Duration.ofMillis((long) (row.getDouble("age_seconds") * 1000));
        var id = row.getObject("job_id", UUID.class);
        var reusable = status != JobStatus.COMPLETED ? null
                : new Reusable(id, row.getLong("input_tokens"), row.getLong("output_tokens"),
                        row.getBigDecimal("cost_usd"));
        return Submission.existing(id, status, age, reusable);
    }

    private static <T> Function<NewJob, @Nullable T> template(Function<TemplateRef, T> value) {
        return job -> job.template() == null ? null : value.apply(job.template());
    }
}
