package dev.promptlab.limit.budget;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import dev.promptlab.db.Columns;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.ResultIterable;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/// Rows of `budget`, `budget_use` and `budget_hold`; settlement reads what `job` has recorded of attempts. Every statement locks
/// in the same order (see the comment on the table `budget`), so that none waits for another in a circle.
final class BudgetStore {
    private BudgetStore() {}

    static boolean any(Handle handle, UUID workspaceId) {
        return handle.createQuery("select exists (select from budget where workspace_id = :workspaceId)")
                .bind("workspaceId", workspaceId).mapTo(Boolean.class).one();
    }

    /// Those of the workspace, then those of keys; each with its present period.
    static List<Budget> list(Handle handle, UUID workspaceId) {
        return budgets(handle
                .createQuery(
                        """
                                select b.*, p.start as period_start, budget_period_end_v1(b.period, p.start) as reset_at, u.spent_usd, u.spent_tokens,
                                       u.held_usd, u.held_tokens, u.unknown_usd, u.unknown_tokens, u.warned_at
                                  from budget b cross join lateral (select budget_period_start_v1(b.period, now()) as start) p
                                  left join budget_use u on u.budget_id = b.id and u.period_start = p.start
                                 where b.workspace_id = :workspaceId order by b.api_key_id nulls first, b.id""")
                .bind("workspaceId", workspaceId)).list();
    }

    /// As [#list], with every period that something was used in.
    static List<Budget> history(Handle handle, UUID workspaceId) {
        return budgets(handle
                .createQuery(
                        """
                                select b.*, coalesce(u.period_start, p.start) as period_start,
                                       budget_period_end_v1(b.period, coalesce(u.period_start, p.start)) as reset_at, u.spent_usd, u.spent_tokens,
                                       u.held_usd, u.held_tokens, u.unknown_usd, u.unknown_tokens, u.warned_at
                                  from budget b cross join lateral (select budget_period_start_v1(b.period, now()) as start) p
                                  left join budget_use u on u.budget_id = b.id
                                 where b.workspace_id = :workspaceId order by b.id, u.period_start""")
                .bind("workspaceId", workspaceId)).list();
    }

    static Optional<Budget> find(Handle handle, UUID workspaceId, UUID id) {
        return list(handle, workspaceId).stream().filter(budget -> budget.id().equals(id)).findFirst();
    }

    static boolean knowsKey(Handle handle, UUID workspaceId, UUID apiKeyId) {
        return handle.createQuery(
                """
                        select exists (select from api_key where workspace_id = :workspaceId and id = :id and revoked_at is null)""")
                .bind("workspaceId", workspaceId).bind("id", apiKeyId).mapTo(Boolean.class).one();
    }

    /// @return false when there is one for this scope and period
    static boolean insert(Handle tx, UUID id, UUID workspaceId, Draft draft) {
        return tx.createUpdate("""
                insert into budget (id, workspace_id, api_key_id, period, limit_usd, limit_tokens)
                values (:id, :workspaceId, :apiKeyId, :period, :usd, :tokens) on conflict do nothing""")
                .bind("id", id).bind("workspaceId", workspaceId).bind("apiKeyId", draft.apiKeyId())
                .bind("period", draft.period().code()).bind("usd", draft.limit().usd())
                .bind("tokens", draft.limit().tokens()).execute() == 1;
    }

    static boolean setLimit(Handle tx, UUID workspaceId, UUID id, Limit limit) {
        return tx.createUpdate("""
                update budget set limit_usd = :usd, limit_tokens = :tokens, updated_at = clock_timestamp()
                 where id = :id and workspace_id = :workspaceId""")
                .bind("usd", limit.usd()).bind("tokens", limit.tokens()).bind("id", id)
                .bind("workspaceId", workspaceId).execute() == 1;
    }

    /// With what hangs on it.
    static boolean delete(Handle tx, UUID workspaceId, UUID id) {
        return tx.createUpdate("delete from budget where id = :id and workspace_id = :workspaceId").bind("id", id)
                .bind("workspaceId", workspaceId).execute() == 1;
    }

    /// Forgets what calls without a known bill may have cost in the present period.
    static void releaseUnknown(Handle tx, UUID workspaceId, UUID id) {
        tx.createUpdate("""
                update budget_use u set unknown_usd = 0, unknown_tokens = 0 from budget b
                 where b.id = :id and b.workspace_id = :workspaceId and u.budget_id = b.id
                   and u.period_start = budget_period_start_v1(b.period, now())""")
                .bind("id", id).bind("workspaceId", workspaceId).execute();
    }

    /// The budgets of the workspaces and of these keys, in the period of now; locked until the transaction ends.
    ///
    /// @param now null = the time of the transaction
    static List<Budget> lock(Handle tx, Set<UUID> workspaces, Set<UUID> apiKeys, @Nullable Instant now) {
        return budgets(
                tx.createQuery(
                        """
                                with b as materialized (
                                    select * from budget
                                     where workspace_id = any(:workspaces) and (api_key_id is null or api_key_id = any(:keys))
                                     order by id for key share),
                                u as (    -- the update changes nothing: it locks the row and reads its latest version
                                    insert into budget_use as u (budget_id, period_start, workspace_id)
                                    select b.id, budget_period_start_v1(b.period, coalesce(cast(:now as timestamptz), now())), b.workspace_id
                                      from b order by b.id
                                    on conflict (budget_id, period_start) do update set workspace_id = excluded.workspace_id
                                    returning u.*)
                                select b.*, u.period_start, budget_period_end_v1(b.period, u.period_start) as reset_at, u.spent_usd, u.spent_tokens,
                                       u.held_usd, u.held_tokens, u.unknown_usd, u.unknown_tokens, u.warned_at
                                  from b join u on u.budget_id = b.id order by b.id""")
                        .bindArray("workspaces", UUID.class, workspaces).bindArray("keys", UUID.class, apiKeys)
                        .bind("now", Objects.toString(now, null)))
                .list();
    }

    /// Writes holds of jobs that were written in this transaction, under the locks of [#lock].
    static void hold(Handle tx, List<Hold> holds) {
        if (holds.isEmpty()) {
            return;
        }
        tx.createUpdate(
                """
                        with h as materialized (
                            select * from unnest(:jobs, :budgets, :starts, :workspaces, :usd, :tokens, :callUsd, :callTokens)
                                     u(job_id, budget_id, period_start, workspace_id, usd, tokens, call_usd, call_tokens)),
                        kept as (
                            insert into budget_hold (job_id, budget_id, period_start, workspace_id, usd, tokens, call_usd, call_tokens, after_attempt)
                            select h.*, coalesce((select d.attempt from job_dispatch d where d.job_id = h.job_id), 0) from h)
                        update budget_use u set held_usd = u.held_usd + s.usd, held_tokens = u.held_tokens + s.tokens
                          from (select budget_id, period_start, sum(usd) as usd, sum(tokens) as tokens from h group by budget_id, period_start) s
                         where u.budget_id = s.budget_id and u.period_start = s.period_start""")
                .bind("jobs", Columns.uuids(holds, Hold::jobId)).bind("budgets", Columns.uuids(holds, Hold::budgetId))
                .bind("starts", Columns.times(holds, Hold::periodStart))
                .bind("workspaces", Columns.uuids(holds, Hold::workspaceId))
                .bind("usd", Columns.decimals(holds, hold -> hold.amount().usd()))
                .bind("tokens", Columns.longs(holds, hold -> hold.amount().tokens()))
                .bind("callUsd", Columns.decimals(holds, hold -> hold.call().usd()))
                .bind("callTokens", Columns.longs(holds, hold -> hold.call().tokens())).execute();
    }

    static void warned(Handle tx, UUID budgetId, Instant periodStart) {
        tx.createUpdate("""
                update budget_use set warned_at = now()
                 where budget_id = :budgetId and period_start = cast(:start as timestamptz) and warned_at is null""")
                .bind("budgetId", budgetId).bind("start", periodStart.toString()).execute();
    }

    /// What the holds of a job lack for one more call; the holds are locked.
    static List<Hold> missing(Handle tx, UUID jobId) {
        return tx.createQuery(
                """
                        with b as materialized (
                            select b.id from budget b where b.id in (select budget_id from budget_hold where job_id = :jobId)
                             order by b.id for key share),
                        h as materialized (
                            select h.* from budget_hold h where h.job_id = :jobId and h.budget_id in (select id from b) order by h.budget_id for update)
                        select h.job_id, h.budget_id, h.period_start, h.workspace_id, h.call_usd, h.call_tokens,
                               greatest(a.spent_usd + a.unknown_usd + h.call_usd - h.usd, 0) as usd,
                               greatest(a.spent_tokens + a.unknown_tokens + h.call_tokens - h.tokens, 0) as tokens
                          from h cross join lateral budget_attempts_v1(h.job_id, h.after_attempt, h.call_usd, h.call_tokens) a
                         order by h.budget_id""")
                .bind("jobId", jobId)
                .map((row, _) -> new Hold(row.getObject("job_id", UUID.class), row.getObject("budget_id", UUID.class),
                        time(row, "period_start"), row.getObject("workspace_id", UUID.class), amount(row, ""),
                        amount(row, "call_")))
                .list();
    }

    /// What a job counts in, in the period of each hold; locked until the transaction ends.
    static List<Budget> lockOfJob(Handle tx, UUID jobId) {
        return budgets(tx
                .createQuery(
                        """
                                select b.*, u.period_start, budget_period_end_v1(b.period, u.period_start) as reset_at, u.spent_usd, u.spent_tokens,
                                       u.held_usd, u.held_tokens, u.unknown_usd, u.unknown_tokens, u.warned_at
                                  from budget_hold h join budget b on b.id = h.budget_id
                                  join budget_use u on u.budget_id = h.budget_id and u.period_start = h.period_start
                                 where h.job_id = :jobId order by u.budget_id, u.period_start for update of u""")
                .bind("jobId", jobId)).list();
    }

    /// Adds to the holds of one job, under the locks of [#missing] and [#lockOfJob].
    static void extend(Handle tx, List<Hold> missing) {
        tx.createUpdate(
                """
                        with m as materialized (
                            select * from unnest(:jobs, :budgets, :starts, :usd, :tokens) u(job_id, budget_id, period_start, usd, tokens)),
                        h as (
                            update budget_hold h set usd = h.usd + m.usd, tokens = h.tokens + m.tokens
                              from m where h.job_id = m.job_id and h.budget_id = m.budget_id)
                        update budget_use u set held_usd = u.held_usd + m.usd, held_tokens = u.held_tokens + m.tokens
                          from m where u.budget_id = m.budget_id and u.period_start = m.period_start""")
                .bind("jobs", Columns.uuids(missing, Hold::jobId))
                .bind("budgets", Columns.uuids(missing, Hold::budgetId))
                .bind("starts", Columns.times(missing, Hold::periodStart))
                .bind("usd", Columns.decimals(missing, hold -> hold.amount().usd()))
                .bind("tokens", Columns.longs(missing, hold -> hold.amount().tokens())).execute();
    }

    static boolean anyHold(Handle handle) {
        return handle.createQuery("select exists (select from budget_hold)").mapTo(Boolean.class).one();
    }

    /// Jobs that do not live any more and are not settled yet.
    ///
    /// @param limit holds at most
    static Set<UUID> ended(Handle handle, int limit) {
        return handle
                .createQuery(
                        """
                                select h.job_id from budget_hold h
                                  left join lateral (select true as found from job_dispatch d where d.job_id = h.job_id limit 1) live on true
                                 where live.found is null limit :limit""")
                .bind("limit", limit).mapTo(UUID.class).set();
    }

    /// The holds of jobs go; what their attempts have recorded is spent.
    ///
    /// @param endedOnly passes over those that live again by now, with a hold of their new life
    static void settle(Handle tx, Collection<UUID> jobIds, boolean endedOnly) {
        tx.createUpdate(
                """
                        with b as materialized (
                            select b.id from budget b where b.id in (select budget_id from budget_hold where job_id = any(:ids))
                             order by b.id for key share),
                        h as materialized (
                            select h.* from budget_hold h
                             where h.job_id = any(:ids) and h.budget_id in (select id from b)
                               and not (:endedOnly and exists (select from job_dispatch d where d.job_id = h.job_id))
                             order by h.budget_id, h.job_id for update),
                        locked as materialized (
                            select u.budget_id, u.period_start from budget_use u
                             where (u.budget_id, u.period_start) in (select h.budget_id, h.period_start from h)
                             order by u.budget_id, u.period_start for update),
                        gone as (
                            delete from budget_hold d using h where d.job_id = h.job_id and d.budget_id = h.budget_id),
                        s as (
                            select h.budget_id, h.period_start, sum(h.usd) as held_usd, sum(h.tokens) as held_tokens,
                                   sum(a.spent_usd) as spent_usd, sum(a.spent_tokens) as spent_tokens,
                                   sum(a.unknown_usd) as unknown_usd, sum(a.unknown_tokens) as unknown_tokens
                              from h cross join lateral budget_attempts_v1(h.job_id, h.after_attempt, h.call_usd, h.call_tokens) a
                             group by h.budget_id, h.period_start)
                        update budget_use u
                           set held_usd = u.held_usd - s.held_usd, held_tokens = u.held_tokens - s.held_tokens,
                               spent_usd = u.spent_usd + s.spent_usd, spent_tokens = u.spent_tokens + s.spent_tokens,
                               unknown_usd = u.unknown_usd + s.unknown_usd, unknown_tokens = u.unknown_tokens + s.unknown_tokens
                          from s join locked l on l.budget_id = s.budget_id and l.period_start = s.period_start
                         where u.budget_id = l.budget_id and u.period_start = l.period_start""")
                .bindArray("ids", UUID.class, jobIds).bind("endedOnly", endedOnly).execute();
    }

    /// Of a deleted workspace.
    static int deleteSomeHolds(Handle tx, UUID workspaceId, int limit) {
        return tx.createUpdate("""
                delete from budget_hold where (job_id, budget_id) in (
                    select job_id, budget_id from budget_hold where workspace_id = :workspaceId limit :limit)""")
                .bind("workspaceId", workspaceId).bind("limit", limit).execute();
    }

    /// Of a deleted workspace; it has few.
    static void deleteAll(Handle tx, UUID workspaceId) {
        tx.createUpdate("delete from budget where workspace_id = :workspaceId").bind("workspaceId", workspaceId)
                .execute();
    }

    private static ResultIterable<Budget> budgets(Query query) {
        return query.map((row, _) -> budget(row));
    }

    private static Budget budget(ResultSet row) throws SQLException {
        var use = new Use(time(row, "period_start"), optionalTime(row, "reset_at"), amount(row, "spent_"),
                amount(row, "held_"), amount(row, "unknown_"), optionalTime(row, "warned_at"));
        return new Budget(row.getObject("id", UUID.class), row.getObject("workspace_id", UUID.class),
                row.getObject("api_key_id", UUID.class),
                Objects.requireNonNull(Period.BY_CODE.get(row.getString("period"))),
                new Limit(row.getBigDecimal("limit_usd"), row.getObject("limit_tokens", Long.class)), use,
                time(row, "created_at"), time(row, "updated_at"));
    }

    /// Zero without a row.
    private static Amount amount(ResultSet row, String prefix) throws SQLException {
        var usd = row.getBigDecimal(prefix + "usd");
        return usd == null ? Amount.ZERO : new Amount(usd, row.getLong(prefix + "tokens"));
    }

    private static Instant time(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static @Nullable Instant optionalTime(ResultSet row, String column) throws SQLException {
        var time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
