package dev.promptlab.job.history;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

/// Adds what finished in a span of time to the rollups.
final class RollupStore {
    private RollupStore() {}

    /// Before this time everything has finished that ever will: no transaction of ours that may still commit began before it. Asked
    /// as the login, which sees what its sessions do.
    static Instant settledUntil(Handle owner, Duration slack) {
        return owner.createQuery("""
                select least(clock_timestamp() - :slack, min(xact_start))
                  from pg_stat_activity
                 where datname = current_database() and pid <> pg_backend_pid()
                   and application_name in ('promptlab-api', 'promptlab-worker')""").bind("slack", slack)
                .mapTo(OffsetDateTime.class).one().toInstant();
    }

    /// Keeps other rollups, and whoever takes results away, waiting until the transaction ends.
    ///
    /// @return false when one of them is at work
    static boolean tryLock(Handle tx) {
        return tx.createQuery("select pg_try_advisory_xact_lock(7316, 16)").mapTo(Boolean.class).one();
    }

    /// Where the last rollup ended; at first, when the oldest job was made. Empty when there are no jobs.
    static Optional<Instant> rolledTo(Handle tx) {
        return tx.createQuery(
                """
                        select coalesce(p.rolled_to, (select j.created_at from job j order by j.id limit 1)) from history_progress p""")
                .mapTo(OffsetDateTime.class).findOne().map(OffsetDateTime::toInstant);
    }

    static void advance(Handle tx, Instant to) {
        tx.createUpdate("update history_progress set rolled_to = :to").bind("to", offset(to)).execute();
    }

    /// @return endings
    static int addEndings(Handle tx, Instant from, Instant to) {
        return between(
                tx.createQuery(
                        """
                                with fine as materialized (
                                    select workspace_id, date_bin('5 min', finished_at, 'epoch') as at, provider, model,
                                           coalesce(template_id, '00000000-0000-0000-0000-000000000000') as template_id, outcome, count(*) as n
                                      from history_ending where finished_at >= :from and finished_at < :to
                                     group by 1, 2, 3, 4, 5, 6),
                                gone as (
                                    delete from history_gone_ending where finished_at < :to),
                                added as (
                                    insert into history_jobs as h (workspace_id, grain, bucket_at, provider, model, template_id, outcome, jobs)
                                    select workspace_id, 5, at, provider, model, template_id, outcome, n from fine where at > now() - interval '8 d'
                                    union all
                                    select workspace_id, 60, date_bin('1 h', at, 'epoch'), provider, model, template_id, outcome, sum(n)
                                      from fine group by 1, 2, 3, 4, 5, 6, 7
                                    on conflict (workspace_id, grain, bucket_at, provider, model, template_id, outcome)
                                    do update set jobs = h.jobs + excluded.jobs)
                                select coalesce(sum(n), 0) from fine"""),
                from, to).mapTo(Integer.class).one();
    }

    /// @return calls
    static int addCalls(Handle tx, Instant from, Instant to) {
        return between(
                tx.createQuery(
                        """
                                with call as materialized (
                                    select *, date_bin('5 min', finished_at, 'epoch') as at
                                      from history_call where finished_at >= :from and finished_at < :to),
                                gone as (
                                    delete from history_gone_call where finished_at < :to),
                                fine as materialized (
                                    select workspace_id, at, provider, model,
                                           coalesce(template_id, '00000000-0000-0000-0000-000000000000') as template_id,
                                           case when outcome = 'completed' then '' else coalesce(failure_class, outcome) end as failure,
                                           count(*) as n, count(*) filter (where cost_usd is null) as unpriced,
                                           coalesce(sum(input_tokens), 0) as input, coalesce(sum(output_tokens), 0) as output,
                                           coalesce(sum(cached_input_tokens), 0) as cached, coalesce(sum(cost_usd), 0) as cost
                                      from call group by 1, 2, 3, 4, 5, 6),
                                added as (
                                    insert into history_calls as h (workspace_id, grain, bucket_at, provider, model, template_id, failure, calls,
                                                                    unpriced, input_tokens, output_tokens, cached_input_tokens, cost_usd)
                                    select workspace_id, 5, at, provider, model, template_id, failure, n, unpriced, input, output, cached, cost
                                      from fine where at > now() - interval '8 d'
                                    union all
                                    select workspace_id, 60, date_bin('1 h', at, 'epoch'), provider, model, template_id, failure, sum(n),
                                           sum(unpriced), sum(input), sum(output), sum(cached), sum(cost)
                                      from fine group by 1, 2, 3, 4, 5, 6, 7
                                    on conflict (workspace_id, grain, bucket_at, provider, model, template_id, failure)
                                    do update set calls = h.calls + excluded.calls, unpriced = h.unpriced + excluded.unpriced,
                                                  input_tokens = h.input_tokens + excluded.input_tokens,
                                                  output_tokens = h.output_tokens + excluded.output_tokens,
                                                  cached_input_tokens = h.cached_input_tokens + excluded.cached_input_tokens,
                                                  cost_usd = h.cost_usd + excluded.cost_usd),
                                times as materialized (
                                    select c.workspace_id, c.at, t.kind, c.provider, c.model, history_slot_v1(t.time) as slot, count(*) as n
                                      from call c cross join lateral (values
                                           ('call', case when c.outcome = 'completed' then c.finished_at - c.started_at end),
                                           ('wait', c.waited)) t(kind, time)
                                     where t.time is not null group by 1, 2, 3, 4, 5, 6),
                                timed as (
                                    insert into history_times as h (workspace_id, grain, bucket_at, kind, provider, model, slot, n)
                                    select workspace_id, 5, at, kind, provider, model, slot, n from times where at > now() - interval '8 d'
                                    union all
                                    select workspace_id, 60, date_bin('1 h', at, 'epoch'), kind, provider, model, slot, sum(n)
                                      from times group by 1, 2, 3, 4, 5, 6, 7
                                    on conflict (workspace_id, grain, bucket_at, kind, provider, model, slot) do update set n = h.n + excluded.n)
                                select count(*) from call"""),
                from, to).mapTo(Integer.class).one();
    }

    /// Removes fine buckets that no answer is made of any more.
    static void prune(Handle tx) {
        tx.execute("delete from history_jobs where grain = 5 and bucket_at < now() - interval '8 d'");
        tx.execute("delete from history_calls where grain = 5 and bucket_at < now() - interval '8 d'");
        tx.execute("delete from history_times where grain = 5 and bucket_at < now() - interval '8 d'");
    }

    private static <S extends SqlStatement<S>> S between(S statement, Instant from, Instant to) {
        return statement.bind("from", offset(from)).bind("to", offset(to));
    }

    /// As the driver takes times.
    static OffsetDateTime offset(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }
}
