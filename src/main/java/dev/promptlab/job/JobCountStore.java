package dev.promptlab.job;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Counts jobs that a filter matches, by status and time of creation.
final class JobCountStore {
    /// Jobs of one status in one bucket, from 0.
    record Count(int bucket, JobStatus status, long jobs) {}

    /// @param from where the first bucket begins; null when there is nothing
    /// @param oldest the oldest job that was looked at
    /// @param visited jobs that were looked at
    record Counts(@Nullable Instant from, @Nullable Instant to, @Nullable Instant oldest, int visited,
            List<Count> counts) {}

    private record Row(@Nullable Instant from, @Nullable Instant to, @Nullable Instant oldest, int visited,
            @Nullable Count count) {}

    private JobCountStore() {}

    /// Looks at the newest jobs of the filter's time range, at most `limit`, so that the answer takes a bounded time however many
    /// jobs there are.
    static Counts count(Handle tx, UUID workspaceId, JobFilter filter, int buckets, int limit) {
        tx.execute("set local plan_cache_mode = force_custom_plan");
        var rows = JobFilterStore.bind(tx.createQuery(
                """
                        with visited as materialized (
                            select j.id, j.created_at, j.provider, j.model, j.template_id, j.priority,
                                   case when cast(:q as text) is not null then j.messages end as messages
                              from job j
                             where j.workspace_id = :workspaceId and j.kind = 'generation'
                               and (cast(:fromId as uuid) is null or j.id >= :fromId) and (cast(:toId as uuid) is null or j.id < :toId)
                               and (cast(:from as timestamptz) is null or j.created_at >= :from)
                               and (cast(:to as timestamptz) is null or j.created_at < :to)
                             order by j.id desc limit :visits),
                        span as (
                            select coalesce(cast(:from as timestamptz), min(created_at)) as lo,
                                   coalesce(cast(:to as timestamptz), greatest(now(), max(created_at))) + interval '1 ms' as hi,
                                   min(created_at) as oldest, count(*)::int as visited
                              from visited having count(*) > 0),
                        found as (
                            select least(width_bucket(extract(epoch from j.created_at), extract(epoch from s.lo), extract(epoch from s.hi), :buckets),
                                         :buckets) - 1 as bucket,
                                   r.outcome, d.state, count(*) as jobs
                              from visited j cross join span s
                              left join job_result r on r.job_id = j.id
                              left join job_dispatch d on d.job_id = j.id
                             where (cast(:outcome as text) is null or r.outcome = :outcome)
                               and (cast(:running as boolean) is null or d.job_id is not null and (d.state = 1) = :running)
                               and (cast(:provider as text) is null or j.provider = :provider)
                               and (cast(:model as text) is null or j.model = :model)
                               and (cast(:templateId as uuid) is null or j.template_id = :templateId)
                               and (cast(:priority as int) is null or j.priority = :priority)
                               and (cast(:minCost as numeric) is null or r.cost_usd >= :minCost)
                               and (cast(:q as text) is null or starts_with(j.id::text, lower(:q)) or strpos(lower(r.output), lower(:q)) > 0
                                    or strpos(lower(r.error), lower(:q)) > 0
                                    or exists (select from json_array_elements(j.messages) m where strpos(lower(m ->> 'content'), lower(:q)) > 0))
                             group by 1, 2, 3)
                        select s.*, f.bucket, f.outcome, f.state, f.jobs from span s left join found f on true"""),
                workspaceId, filter).bind("buckets", buckets).bind("visits", limit)
                .map((row, _) -> new Row(instant(row.getObject("lo", OffsetDateTime.class)),
                        instant(row.getObject("hi", OffsetDateTime.class)),
                        instant(row.getObject("oldest", OffsetDateTime.class)), row.getInt("visited"),
                        row.getObject("jobs") == null ? null
                                : new Count(row.getInt("bucket"), JobRows.status(row), row.getLong("jobs"))))
                .list();
        return collect(rows);
    }

    private static Counts collect(List<Row> rows) {
        if (rows.isEmpty()) {
            return new Counts(null, null, null, 0, List.of());
        }
        var counts = new ArrayList<Count>();
        for (var row : rows) {
            if (row.count() != null) {
                counts.add(row.count());
            }
        }
        var first = rows.getFirst();
        return new Counts(first.from(), first.to(), first.oldest(), first.visited(), counts);
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}
