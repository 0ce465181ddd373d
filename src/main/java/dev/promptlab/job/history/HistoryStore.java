package dev.promptlab.job.history;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/// Reads the rollups of one workspace.
final class HistoryStore {
    /// @param rolledTo what finished later is in no figure yet; null = nothing was rolled up yet
    record Now(Instant time, @Nullable Instant rolledTo) {}

    record Endings(long completed, long failed, long cancelled) {}

    /// @param unpriced calls whose cost is unknown
    record Calls(long calls, long unpriced, long inputTokens, long outputTokens, long cachedInputTokens,
            BigDecimal costUsd) {}

    record TemplateFigures(UUID templateId, Endings jobs, BigDecimal costUsd, long unpriced) {}

    /// Figures of one key in one bucket, from 0.
    record Point(int bucket, String key, List<BigDecimal> figures) {}

    /// How often a time fell into a slot.
    record Times(int bucket, String key, int slot, long n) {}

    private HistoryStore() {}

    static Now now(Handle handle) {
        return handle.createQuery("select now() as time, rolled_to from history_progress")
                .map((row, _) -> new Now(row.getObject("time", OffsetDateTime.class).toInstant(),
                        instant(row.getObject("rolled_to", OffsetDateTime.class))))
                .one();
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }

    static Endings endings(Handle handle, UUID workspaceId, Range range) {
        return in(handle.createQuery("""
                select coalesce(sum(jobs) filter (where outcome = 'completed'), 0) as completed,
                       coalesce(sum(jobs) filter (where outcome = 'failed'), 0) as failed,
                       coalesce(sum(jobs) filter (where outcome = 'cancelled'), 0) as cancelled
                  from history_jobs
                 where workspace_id = :workspaceId and grain = :grain and bucket_at >= :from and bucket_at < :to"""),
                workspaceId, range)
                .map((row, _) -> new Endings(row.getLong("completed"), row.getLong("failed"), row.getLong("cancelled")))
                .one();
    }

    static Calls calls(Handle handle, UUID workspaceId, Range range) {
        return in(handle.createQuery("""
                select coalesce(sum(calls), 0) as calls, coalesce(sum(unpriced), 0) as unpriced,
                       coalesce(sum(input_tokens), 0) as input, coalesce(sum(output_tokens), 0) as output,
                       coalesce(sum(cached_input_tokens), 0) as cached, coalesce(sum(cost_usd), 0) as cost
                  from history_calls
                 where workspace_id = :workspaceId and grain = :grain and bucket_at >= :from and bucket_at < :to"""),
                workspaceId, range)
                .map((row, _) -> new Calls(row.getLong("calls"), row.getLong("unpriced"), row.getLong("input"),
                        row.getLong("output"), row.getLong("cached"), row.getBigDecimal("cost")))
                .one();
    }

    static List<TemplateFigures> templates(Handle handle, UUID workspaceId, Range range) {
        return in(handle.createQuery(
                """
                        select template_id, sum(completed) as completed, sum(failed) as failed, sum(cancelled) as cancelled,
                               sum(cost) as cost, sum(unpriced) as unpriced
                          from (select template_id, case outcome when 'completed' then jobs else 0 end as completed,
                                       case outcome when 'failed' then jobs else 0 end as failed,
                                       case outcome when 'cancelled' then jobs else 0 end as cancelled, 0 as cost, 0 as unpriced
                                  from history_jobs
                                 where workspace_id = :workspaceId and grain = :grain and bucket_at >= :from and bucket_at < :to
                                union all
                                select template_id, 0, 0, 0, cost_usd, unpriced
                                  from history_calls
                                 where workspace_id = :workspaceId and grain = :grain and bucket_at >= :from and bucket_at < :to) f
                         where template_id <> '00000000-0000-0000-0000-000000000000'
                         group by template_id order by template_id"""),
                workspaceId, range)
                .map((row, _) -> new TemplateFigures(row.getObject("template_id", UUID.class),
                        new Endings(row.getLong("completed"), row.getLong("failed"), row.getLong("cancelled")),
                        row.getBigDecimal("cost"), row.getLong("unpriced")))
                .list();
    }

    /// Endings: one figure.
    ///
    /// @param by `status`, `provider`, `model`, `template` or `none`
    static List<Point> endings(Handle handle, UUID workspaceId, Range range, Duration step, String by) {
        return stepped(handle.createQuery(
                """
                        select div(extract(epoch from bucket_at - :from), :step)::int as bucket,
                               case :by when 'status' then outcome when 'provider' then provider when 'model' then provider || '/' || model
                                        when 'template' then template_id::text else '' end as key,
                               sum(jobs) as jobs
                          from history_jobs
                         where workspace_id = :workspaceId and grain = :grain and bucket_at >= :from and bucket_at < :to
                         group by 1, 2"""),
                workspaceId, range, step, by)
                .map((row, _) -> new Point(row.getInt("bucket"), row.getString("key"),
                        List.of(row.getBigDecimal("jobs"))))
                .list();
    }

    /// Calls: number, cost, input and output tokens.
    ///
    /// @param by `failure`, `provider`, `model`, `template` or `none`
    /// @param onlyFailed leaves out answered calls
    static List<Point> calls(Handle handle, UUID workspaceId, Range range, Duration step, String by,
            boolean onlyFailed) {
        return stepped(handle.createQuery(
                """
                        select div(extract(epoch from bucket_at - :from), :step)::int as bucket,
                               case :by when 'failure' then failure when 'provider' then provider when 'model' then provider || '/' || model
                                        when 'template' then template_id::text else '' end as key,
                               sum(calls) as calls, sum(cost_usd) as cost, sum(input_tokens) as input, sum(output_tokens) as output
                          from history_calls
                         where workspace_id = :workspaceId and grain = :grain and bucket_at >= :from and bucket_at < :to
                           and (failure <> '' or not :onlyFailed)
                         group by 1, 2"""),
                workspaceId, range, step, by).bind("onlyFailed", onlyFailed)
                .map((row, _) -> new Point(row.getInt("bucket"), row.getString("key"),
                        List.of(row.getBigDecimal("calls"), row.getBigDecimal("cost"), row.getBigDecimal("input"),
                                row.getBigDecimal("output"))))
                .list();
    }

    /// @param kind `call` or `wait`
    /// @param by `provider`, `model` or `none`
    static List<Times> times(Handle handle, UUID workspaceId, Range range, Duration step, String kind, String by) {
        return stepped(handle.createQuery(
                """
                        select div(extract(epoch from bucket_at - :from), :step)::int as bucket,
                               case :by when 'provider' then provider when 'model' then provider || '/' || model else '' end as key,
                               slot, sum(n) as n
                          from history_times
                         where workspace_id = :workspaceId and grain = :grain and bucket_at >= :from and bucket_at < :to and kind = :kind
                         group by 1, 2, 3"""),
                workspaceId, range, step, by).bind("kind", kind)
                .map((row, _) -> new Times(row.getInt("bucket"), row.getString("key"), row.getInt("slot"),
                        row.getLong("n")))
                .list();
    }

    private static <S extends SqlStatement<S>> S stepped(S statement, UUID workspaceId, Range range, Duration step,
            String by) {
        return in(statement, workspaceId, range).bind("step", step.toSeconds()).bind("by", by);
    }

    private static <S extends SqlStatement<S>> S in(S statement, UUID workspaceId, Range range) {
        return statement.bind("workspaceId", workspaceId).bind("grain", range.grain())
                .bind("from", RollupStore.offset(range.from())).bind("to", RollupStore.offset(range.to()));
    }
}
