package dev.promptlab.job;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.promptlab.db.Columns;
import dev.promptlab.db.Database;
import dev.promptlab.job.Outcome.Attempt;
import dev.promptlab.provider.Usage;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/// Every transition of a job after its submit. Each statement is a compare-and-set on (id, epoch, state) over a whole batch
/// and answers which ids it applied to; the others were lost to somebody else, and nothing was written for them.
final class QueueStore {
    /// How a claim is made.
    ///
    /// @param laneCap jobs in flight of a lane over all processes, for lanes without a cap of their own
    record ClaimRules(String workerId, Duration lease, int laneCap) {}

    /// Who holds a job.
    record Hold(UUID jobId, int epoch) {}

    /// A decision about a held job.
    record Settlement(Hold hold, Outcome outcome) {}

    /// A running job whose worker let the lease pass.
    record Expired(Hold hold, int attempt, int maxAttempts, int triesLeft, boolean cancel, long inputTokens,
            @Nullable BigDecimal inputCostUsd) {}

    private final Database db;

    QueueStore(Database db) {
        this.db = db;
    }

    /// At most `wanted` jobs over all lanes, fair between workspaces, exact in every lane's cap.
    List<ClaimedJob> claim(ClaimRules rules, int wanted) {
        return db.autocommit(
                handle -> handle
                        .createQuery(
                                """
                                        with claimed as materialized (
                                            select * from job_claim_v2(:worker, :wanted, :lease, :laneCap)),
                                        told as (
                                            insert into event (types, workspaces, jobs, attempts)
                                            select array_agg(event_type 'job.running'), array_agg(c.workspace_id), array_agg(c.job_id), array_agg(c.attempt)
                                              from claimed c having count(*) > 0)
                                        select * from claimed""")
                        .bind("worker", rules.workerId()).bind("wanted", wanted).bind("lease", rules.lease())
                        .bind("laneCap", rules.laneCap())
                        .map((row, _) -> claimedJob(row)).list());
    }

    /// Where the submit of a job was in a trace.
    Optional<String> traceparent(UUID jobId) {
        return db.autocommit(handle -> handle.createQuery("""
                select metadata ->> 'traceparent' from job where id = :id and metadata ->> 'traceparent' is not null""")
                .bind("id", jobId).mapTo(String.class).findOne());
    }

    /// Prolongs the leases of the jobs still held. A row that somebody is changing right now is passed over and counts as held:
    /// the next heartbeat knows more.
    ///
    /// @return the jobs still held, and whether somebody asked to cancel each
    Map<UUID, Boolean> heartbeat(List<Hold> holds, Duration lease) {
        return db.autocommit(handle -> holds(handle.createQuery("""
                with held as materialized (
                    select x.job_id from unnest(:ids, :epochs) u(id, epoch)
                     cross join lateral (select d.job_id from job_dispatch d
                                          where d.job_id = u.id and d.epoch = u.epoch and d.state + 0 = 1
                                          limit 1 for update skip locked) x),
                prolonged as (
                    update job_dispatch d set lease_until = now() + :lease from held h where d.job_id = h.job_id)
                select x.job_id, x.cancel from unnest(:ids, :epochs) u(id, epoch)
                 cross join lateral (select d.job_id, d.cancel from job_dispatch d
                                      where d.job_id = u.id and d.epoch = u.epoch and d.state + 0 = 1 limit 1) x"""),
                holds)
                .bind("lease", lease)
                .map((row, _) -> Map.entry(row.getObject("job_id", UUID.class), row.getBoolean("cancel")))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /// Writes what became of attempts, all in the caller's transaction.
    ///
    /// @return the jobs that were still held; for the others nothing changed, but that a late answer is counted
    Set<UUID> settle(Handle tx, List<Settlement> settlements) {
        var again = new ArrayList<Settlement>();
        var ended = new ArrayList<Settlement>();
        for (var settlement : settlements) {
            switch (settlement.outcome()) {
                case Outcome.Again _ -> again.add(settlement);
                case Outcome.End _ -> ended.add(settlement);
            }
        }
        var applied = new HashSet<UUID>();
        if (!ended.isEmpty()) {
            applied.addAll(end(tx, ended));
        }
        if (!again.isEmpty()) {
            applied.addAll(delay(tx, again));
            applied.addAll(cancel(tx, refused(again, applied)));
        }
        countLate(tx, refused(settlements, applied));
        return applied;
    }

    private static List<Settlement> refused(List<Settlement> settlements, Set<UUID> applied) {
        return settlements.stream().filter(one -> !applied.contains(one.hold().jobId())).toList();
    }

    /// Ends what may not be tried again because somebody asked to cancel it meanwhile. What was lost is refused here, too.
    private static List<UUID> cancel(Handle tx, List<Settlement> settlements) {
        return settlements.isEmpty() ? List.of() : end(tx, settlements.stream()
                .map(one -> new Settlement(one.hold(), Outcome.End.cancelled(one.outcome().attempt()))).toList());
    }

    /// Ends jobs: the result with the sums over all attempts takes the place of the dispatch row, the attempt is logged, and the
    /// key of an input that was not answered is free again. Its callback becomes due, through a trigger on the dispatch row.
    private static List<UUID> end(Handle tx, List<Settlement> settlements) {
        var ends = settlements.stream().map(settlement -> (Outcome.End) settlement.outcome()).toList();
        return attempts(
                tx.createQuery(
                        """
                                with u as materialized (
                                    select * from unnest(:ids, :epochs, :words, :classes, :httpStatuses, :requestIds, :messages, :inputTokens, :outputTokens,
                                                         :cachedTokens, :cacheWriteTokens, :reasoningTokens, :costs, :estimates,
                                                         :statuses, :outputs, :finishReasons, :errorCodes, :errors)
                                             u(id, epoch, word, class, http_status, request_id, message, input_tokens, output_tokens,
                                               cached_tokens, cache_write_tokens, reasoning_tokens, cost, estimated,
                                               status, output, finish_reason, error_code, error)),
                                held as materialized (    -- one probe of the primary key per id, in id order: no deadlock with another batch
                                    select u.*, x.place from (select * from u order by id) u
                                     cross join lateral (select d.ctid as place from job_dispatch d
                                                          where d.job_id = u.id and d.epoch = u.epoch and d.state + 0 = 1 limit 1 for update) x),
                                gone as (
                                    delete from job_dispatch d using held h where d.ctid = h.place
                                    returning d.workspace_id, d.attempt, d.worker_id, d.started_at, h.*),
                                logged as (
                                    insert into job_attempt (job_id, attempt, workspace_id, epoch, worker_id, started_at, outcome, failure_class,
                                                             http_status, provider_request_id, message, input_tokens, output_tokens, cached_input_tokens,
                                                             cache_write_tokens, reasoning_tokens, cost_usd, usage_estimated)
                                    select g.id, g.attempt, g.workspace_id, g.epoch, g.worker_id, g.started_at, g.word, g.class, g.http_status, g.request_id,
                                           g.message, g.input_tokens, g.output_tokens, g.cached_tokens, g.cache_write_tokens, g.reasoning_tokens, g.cost,
                                           g.estimated
                                      from gone g),
                                freed as (
                                    delete from job_key k using gone g join job j on j.id = g.id
                                     where g.status <> 'completed' and k.workspace_id = j.workspace_id and k.input_hash = j.input_hash and k.job_id = j.id),
                                told as (
                                    insert into event (types, workspaces, jobs, attempts, error_codes, failure_classes)
                                    select array_agg(('job.' || g.status)::event_type), array_agg(g.workspace_id), array_agg(g.id), array_agg(g.attempt),
                                           array_agg(g.error_code), array_agg(g.class)
                                      from gone g having count(*) > 0)
                                insert into job_result (job_id, workspace_id, outcome, epoch, attempts, output, finish_reason, error_code, error,
                                                        input_tokens, output_tokens, cached_input_tokens, cost_usd, warnings, started_at)
                                select s.id, s.workspace_id, s.status, s.epoch, s.attempt, s.output, s.finish_reason, s.error_code, s.error,
                                       s.all_input_tokens, s.all_output_tokens, s.all_cached_tokens, s.all_cost,
                                       s.warnings || case when s.estimated then jsonb_build_array(job_estimate_warning_v1(s.attempt)) else '[]' end
                                                  || case when s.all_input_tokens is null or s.all_cost is null
                                                          then (select job_unknown_warning_v1(s.all_input_tokens, s.all_cost, j.provider, j.model) from job j where j.id = s.id)
                                                          else '[]' end,
                                       s.first_start
                                  from (select g.*, g.input_tokens + e.input_tokens as all_input_tokens, g.output_tokens + e.output_tokens as all_output_tokens,
                                               g.cached_tokens + e.cached_input_tokens as all_cached_tokens, g.cost + e.cost_usd as all_cost,
                                               e.warnings, coalesce(e.started_at, g.started_at) as first_start
                                          from gone g cross join lateral job_attempts_before_v1(g.id, g.attempt) e) s
                                returning job_id"""),
                settlements)
                .bind("statuses", Columns.texts(ends, end -> end.status().code()))
                .bind("outputs", Columns.texts(ends, Outcome.End::output))
                .bind("finishReasons", Columns.texts(ends, Outcome.End::finishReason))
                .bind("errorCodes", Columns.texts(ends, Outcome.End::errorCode))
                .bind("errors", Columns.texts(ends, Outcome.End::error))
                .mapTo(UUID.class).list();
    }

    /// Puts jobs back to wait for their next attempt, except those that somebody asked to cancel.
    private static List<UUID> delay(Handle tx, List<Settlement> settlements) {
        var agains = settlements.stream().map(settlement -> (Outcome.Again) settlement.outcome()).toList();
        return attempts(
                tx.createQuery(
                        """
                                with u as materialized (
                                    select * from unnest(:ids, :epochs, :words, :classes, :httpStatuses, :requestIds, :messages, :inputTokens, :outputTokens,
                                                         :cachedTokens, :cacheWriteTokens, :reasoningTokens, :costs, :estimates, :delays, :tries, :throttles)
                                             u(id, epoch, word, class, http_status, request_id, message, input_tokens, output_tokens,
                                               cached_tokens, cache_write_tokens, reasoning_tokens, cost, estimated, delay_ms, tries, throttles)),
                                held as materialized (
                                    select u.*, x.worker_id, x.started_at from (select * from u order by id) u
                                     cross join lateral (select d.worker_id, d.started_at from job_dispatch d
                                                          where d.job_id = u.id and d.epoch = u.epoch and d.state + 0 = 1 and not d.cancel limit 1 for update) x),
                                delayed as (
                                    update job_dispatch d
                                       set state = 2, run_at = now() + h.delay_ms * interval '1 ms', lease_until = null,
                                           tries_left = d.tries_left - h.tries, throttled = d.throttled + h.throttles
                                      from held h where d.job_id = h.id and d.epoch = h.epoch
                                    returning d.workspace_id, d.attempt, h.*),
                                told as (
                                    insert into event (types, workspaces, jobs, attempts, failure_classes)
                                    select array_agg(event_type 'job.attempt.failed'), array_agg(w.workspace_id), array_agg(w.id), array_agg(w.attempt),
                                           array_agg(w.class)
                                      from delayed w having count(*) > 0)
                                insert into job_attempt (job_id, attempt, workspace_id, epoch, worker_id, started_at, outcome, failure_class,
                                                         http_status, provider_request_id, message, input_tokens, output_tokens, cached_input_tokens,
                                                         cache_write_tokens, reasoning_tokens, cost_usd, usage_estimated)
                                select w.id, w.attempt, w.workspace_id, w.epoch, w.worker_id, w.started_at, w.word, w.class, w.http_status, w.request_id,
                                       w.message, w.input_tokens, w.output_tokens, w.cached_tokens, w.cache_write_tokens, w.reasoning_tokens, w.cost,
                                       w.estimated
                                  from delayed w
                                returning job_id"""),
                settlements)
                .bind("delays", Columns.longs(agains, again -> again.after().toMillis()))
                .bind("tries", Columns.ints(agains, again -> again.usesTry() ? 1 : 0))
                .bind("throttles", Columns.ints(agains, again -> again.throttled() ? 1 : 0))
                .mapTo(UUID.class).list();
    }

    /// Remembers at their attempts that answers came after the jobs had been taken back.
    private static void countLate(Handle tx, List<Settlement> refused) {
        if (!refused.isEmpty()) {
            holds(tx.createUpdate(
                    """
                            update job_attempt a set late_answer_at = now() from unnest(:ids, :epochs) u(id, epoch)
                             where a.job_id = u.id and a.epoch = u.epoch and a.failure_class = 'lease_lost' and a.late_answer_at is null"""),
                    refused.stream().map(Settlement::hold).toList()).execute();
        }
    }

    /// Gives back jobs that were claimed and never started, as if they had not been claimed; those that somebody asked to cancel
    /// meanwhile end.
    void release(List<Hold> holds) {
        db.inTransaction(tx -> {
            var back = holds(tx.createQuery("""
                    with back as (
                        update job_dispatch d set state = 0, attempt = d.attempt - 1, lease_until = null
                          from unnest(:ids, :epochs) u(id, epoch)
                         where d.job_id = u.id and d.epoch = u.epoch and d.state + 0 = 1
                        returning d.job_id, d.workspace_id, d.cancel),
                    told as (
                        insert into event (types, workspaces, jobs)
                        select array_agg(event_type 'job.queued'), array_agg(b.workspace_id), array_agg(b.job_id)
                          from back b having count(*) > 0)
                    select job_id, cancel from back"""), holds)
                    .map((row, _) -> Map.entry(row.getObject("job_id", UUID.class), row.getBoolean("cancel"))).list();
            CancelStore.endCancelled(tx, back.stream().filter(Map.Entry::getValue).map(Map.Entry::getKey).toList());
        });
    }

    /// Makes delayed jobs ready whose time has come.
    int promote(int limit) {
        return db.autocommit(handle -> handle.createUpdate(
                """
                        with due as (select job_id from job_dispatch where state = 2 and run_at <= now() order by run_at limit :limit for update skip locked)
                        update job_dispatch d set state = 0, run_at = null, seq = nextval('job_dispatch_seq') from due where d.job_id = due.job_id""")
                .bind("limit", limit).execute());
    }

    /// How long until the next delayed job is due, or until a lane with ready jobs may start again that is held or paced; zero or
    /// less when one is.
    Optional<Duration> untilNextDue(int laneCap) {
        return db.autocommit(handle -> handle.createQuery(
                """
                        with recursive ready(id) as (
                            (select d.lane_id from job_dispatch d where d.state = 0 order by d.lane_id limit 1)
                            union all
                            select (select d.lane_id from job_dispatch d where d.state = 0 and d.lane_id > r.id order by d.lane_id limit 1)
                              from ready r where r.id is not null),
                        start as (
                            select greatest(k.blocked_until, k.paced_at + (1 - least(k.pace_credit, 1)) / k.pace_per_minute * interval '1 min') as at
                              from ready r join lane l on l.id = r.id and not l.paused join lane_cursor k on k.lane_id = r.id
                             where (select count(*) from job_dispatch d where d.state = 1 and d.lane_id = l.id)
                                   < least(coalesce(l.max_running, :laneCap), lane_window_v1(k.window_size, k.probes)))
                        select extract(epoch from least((select run_at from job_dispatch where state = 2 order by run_at limit 1),
                                                        (select min(at) from start where at > clock_timestamp() - interval '1 s'))
                                                  - clock_timestamp())""")
                .bind("laneCap", laneCap).mapTo(Double.class).findOne()
                .map(seconds -> Duration.ofMillis((long) Math.ceil(seconds * 1000))));
    }

    /// Running jobs whose lease has passed, locked until the caller's transaction ends.
    List<Expired> lockExpired(Handle tx, int limit) {
        return tx.createQuery(
                """
                        with late as materialized (
                            select d.job_id, d.epoch, d.attempt, d.tries_left, d.cancel from job_dispatch d
                             where d.state = 1 and d.lease_until < now() limit :limit for update skip locked)
                        select l.*, j.max_attempts, j.estimated_input_tokens, j.estimated_input_cost_usd from late l join job j on j.id = l.job_id""")
                .bind("limit", limit)
                .map((row, _) -> new Expired(new Hold(row.getObject("job_id", UUID.class), row.getInt("epoch")),
                        row.getInt("attempt"),
                        row.getInt("max_attempts"), row.getInt("tries_left"), row.getBoolean("cancel"),
                        row.getLong("estimated_input_tokens"),
                        row.getBigDecimal("estimated_input_cost_usd")))
                .list();
    }

    private static @Nullable Duration timeLeft(ResultSet row) throws SQLException {
        var seconds = row.getObject("seconds_left", Double.class);
        return seconds == null ? null : Duration.ofMillis((long) (seconds * 1000));
    }

    private static ClaimedJob claimedJob(ResultSet row) throws SQLException {
        return new ClaimedJob(row.getObject("job_id", UUID.class), row.getObject("workspace_id", UUID.class),
                new ClaimedJob.Lane(row.getInt("lane_id"), row.getInt("lane_events"), row.getBoolean("lane_learns"),
                        row.getBoolean("lane_trial")),
                row.getString("provider"), row.getString("model"), row.getString("messages"), row.getString("params"),
                row.getInt("attempt"), row.getInt("max_attempts"), row.getInt("tries_left"), row.getInt("throttled"),
                row.getInt("epoch"), timeLeft(row),
                row.getLong("estimated_input_tokens"), row.getBigDecimal("estimated_input_cost_usd"));
    }

    private static <S extends SqlStatement<S>> S holds(S statement, List<Hold> holds) {
        return statement.bind("ids", Columns.uuids(holds, Hold::jobId)).bind("epochs",
                Columns.ints(holds, Hold::epoch));
    }

    private static <S extends SqlStatement<S>> S attempts(S statement, List<Settlement> settlements) {
        var attempts = settlements.stream().map(settlement -> settlement.outcome().attempt()).toList();
        return holds(statement, settlements.stream().map(Settlement::hold).toList())
                .bind("words", Columns.texts(attempts, Attempt::word))
                .bind("classes", Columns.texts(attempts, Attempt::failureClass))
                .bind("httpStatuses", Columns.ints(attempts, Attempt::httpStatus))
                .bind("requestIds", Columns.texts(attempts, Attempt::requestId))
                .bind("messages", Columns.texts(attempts, Attempt::message))
                .bind("inputTokens", usage(attempts, Usage::allInput))
                .bind("outputTokens", usage(attempts, Usage::output))
                .bind("cachedTokens", usage(attempts, Usage::cacheRead))
                .bind("cacheWriteTokens", usage(attempts, usage -> usage.cacheWrite5m() + usage.cacheWrite1h()))
                .bind("reasoningTokens", usage(attempts, Usage::reasoning))
                .bind("costs", Columns.decimals(attempts, Attempt::costUsd))
                .bind("estimates", Columns.flags(attempts, Attempt::estimated));
    }

    private static Argument usage(List<Attempt> attempts, Function<Usage, Long> tokens) {
        return Columns.longs(attempts, attempt -> attempt.usage() == null ? null : tokens.apply(attempt.usage()));
    }
}
