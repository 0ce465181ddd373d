package dev.promptlab.callback;

import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import dev.promptlab.callback.Callback.State;
import dev.promptlab.callback.Delivery.Result;
import dev.promptlab.egress.OutgoingUrls;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Rows of `job_callback`. Only the time of the database decides.
final class CallbackStore {
    private static final int MAX_ERROR = 500;

    private CallbackStore() {}

    static void insert(Handle tx, List<Callbacks.Wanted> wanted) {
        tx.createUpdate("""
                insert into job_callback (job_id, workspace_id, url, host)
                select * from unnest(:ids, :workspaces, :urls, :hosts)""")
                .bindArray("ids", UUID.class, wanted.stream().map(Callbacks.Wanted::jobId).toList())
                .bindArray("workspaces", UUID.class, wanted.stream().map(Callbacks.Wanted::workspaceId).toList())
                .bindArray("urls", String.class, wanted.stream().map(Callbacks.Wanted::url).toList())
                .bindArray("hosts", String.class,
                        wanted.stream().map(one -> OutgoingUrls.host(URI.create(one.url()))).toList())
                .execute();
    }

    static void rearm(Handle tx, List<UUID> jobIds) {
        tx.createUpdate(
                """
                        update job_callback
                           set delivery_id = null, due_at = null, claimed = false, attempts = 0, round_at = null, round_attempts = 0,
                               last_status = null, last_error = null, delivered_at = null, gave_up_at = null
                         where job_id = any(:ids)""")
                .bindArray("ids", UUID.class, jobIds).execute();
    }

    /// Takes what is due, of every host the oldest first, and counts the call. A claim whose lease has passed is due again.
    ///
    /// @param perHost calls under way to one host, at most
    /// @param underWay how many this process makes already, by host
    static List<Delivery> claim(Handle handle, int wanted, int perHost, Map<String, Integer> underWay, Duration lease) {
        return handle.createQuery(
                """
                        with recursive host(name) as (
                            (select c.host from job_callback c where c.due_at is not null order by c.host limit 1)
                            union all
                            select (select c.host from job_callback c where c.due_at is not null and c.host > h.name order by c.host limit 1)
                              from host h where h.name is not null),
                        picked as materialized (
                            select x.job_id
                              from host h
                              left join unnest(:busyHosts, :busyCounts) b(name, n) on b.name = h.name
                             cross join lateral (select c.job_id, c.due_at from job_callback c
                                                  where c.host = h.name and c.due_at <= now()
                                                  order by c.due_at limit greatest(:perHost - coalesce(b.n, 0), 0)) x
                             where h.name is not null
                             order by x.due_at limit :wanted),
                        locked as materialized (
                            select x.job_id from picked p
                             cross join lateral (select c.job_id from job_callback c
                                                  where c.job_id = p.job_id and c.due_at <= now() for update skip locked) x)
                        update job_callback c
                           set claimed = true, due_at = now() + :lease, attempts = c.attempts + 1, round_attempts = c.round_attempts + 1
                          from locked l where c.job_id = l.job_id
                        returning c.delivery_id, c.job_id, c.workspace_id, c.url, c.attempts, c.round_attempts,
                                  extract(epoch from now() - c.round_at)::float8 as round_seconds""")
                .bind("wanted", wanted).bind("perHost", perHost).bind("lease", lease)
                .bindArray("busyHosts", String.class, List.copyOf(underWay.keySet()))
                .bindArray("busyCounts", Integer.class, List.copyOf(underWay.values()))
                .map((row, _) -> delivery(row)).list();
    }

    /// @return false when the claim is not ours any more; then nothing was written
    static boolean settle(Handle handle, Delivery delivery, Result result) {
        var after = result instanceof Result.Again again ? again.after() : null;
        return handle.createUpdate(
                """
                        update job_callback
                           set claimed = false, last_status = :status, last_error = :error, due_at = now() + cast(:after as interval),
                               delivered_at = case when :delivered then now() end, gave_up_at = case when :gaveUp then now() end
                         where job_id = :jobId and delivery_id = :deliveryId and attempts = :attempt and claimed""")
                .bind("status", result.status()).bind("error", shortened(result.error()))
                .bindByType("after", after, Duration.class)
                .bind("delivered", result instanceof Result.Delivered).bind("gaveUp", result instanceof Result.GaveUp)
                .bind("jobId", delivery.jobId()).bind("deliveryId", delivery.id()).bind("attempt", delivery.attempt())
                .execute() == 1;
    }

    static Optional<Callback> find(Handle handle, UUID workspaceId, UUID jobId) {
        return handle
                .createQuery(
                        """
                                select url, delivery_id, attempts, last_status, last_error, case when not claimed then due_at end as next_at,
                                       delivered_at, gave_up_at
                                  from job_callback where job_id = :jobId and workspace_id = :workspaceId""")
                .bind("jobId", jobId).bind("workspaceId", workspaceId).map((row, _) -> callback(row)).findOne();
    }

    /// The callback of a job.
    record Entry(UUID jobId, Callback callback) {}

    /// Those of a workspace, in the order of their jobs.
    ///
    /// @param after only of later jobs than this; null for all
    static List<Entry> page(Handle handle, UUID workspaceId, @Nullable UUID after, int limit) {
        return handle
                .createQuery(
                        """
                                select job_id, url, delivery_id, attempts, last_status, last_error, case when not claimed then due_at end as next_at,
                                       delivered_at, gave_up_at
                                  from job_callback
                                 where workspace_id = :workspaceId and (cast(:after as uuid) is null or job_id > :after)
                                 order by job_id limit :limit""")
                .bind("workspaceId", workspaceId).bind("after", after).bind("limit", limit)
                .map((row, _) -> new Entry(row.getObject("job_id", UUID.class), callback(row))).list();
    }

    /// A new round of calls about the same end, starting now.
    ///
    /// @return false when the job lives or a call is under way
    static boolean beginRound(Handle tx, UUID workspaceId, UUID jobId) {
        return tx
                .createUpdate(
                        """
                                update job_callback
                                   set due_at = now(), round_at = now(), round_attempts = 0, claimed = false, delivered_at = null, gave_up_at = null
                                 where job_id = :jobId and workspace_id = :workspaceId and delivery_id is not null
                                   and not (claimed and due_at > now())""")
                .bind("jobId", jobId).bind("workspaceId", workspaceId).execute() == 1;
    }

    private static @Nullable String shortened(@Nullable String error) {
        return error == null || error.length() <= MAX_ERROR ? error : error.substring(0, MAX_ERROR);
    }

    private static Delivery delivery(ResultSet row) throws SQLException {
        return new Delivery(row.getObject("delivery_id", UUID.class), row.getObject("job_id", UUID.class),
                row.getObject("workspace_id", UUID.class), URI.create(row.getString("url")), row.getInt("attempts"),
                row.getInt("round_attempts"), Duration.ofMillis((long) (row.getDouble("round_seconds") * 1000)));
    }

    private static Callback callback(ResultSet row) throws SQLException {
        return new Callback(row.getString("url"), state(row), row.getObject("delivery_id", UUID.class),
                row.getInt("attempts"), row.getObject("last_status", Integer.class), row.getString("last_error"),
                time(row, "next_at"), time(row, "delivered_at"));
    }

    private static State state(ResultSet row) throws SQLException {
        if (row.getObject("delivery_id") == null) {
            return State.WAITING;
        }
        return row.getObject("delivered_at") != null ? State.DELIVERED
                : row.getObject("gave_up_at") != null ? State.GAVE_UP : State.PENDING;
    }

    private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        var time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
