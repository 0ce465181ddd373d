package dev.promptlab.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// How the queue of a workspace stands.
final class StatsStore {
    /// A lane with the live jobs of one workspace in it.
    ///
    /// @param maxRunning cap over all workspaces and processes; null = the processes' default
    /// @param queued due, waiting for a slot
    /// @param delayed waiting for their time
    /// @param oldestQueuedAt since when the one that waits longest could run
    /// @param window calls in flight that the lane may have for now; null = its cap
    /// @param pacePerMinute starts a minute that the lane has learned; null = no limit is known
    /// @param blockedUntil nothing starts before; null = nothing holds the lane
    record LaneState(int id, String provider, String endpoint, String keyScope, String model, boolean paused,
            @Nullable Integer maxRunning, long queued, long delayed, long running, @Nullable Instant oldestQueuedAt,
            @Nullable Integer window,
            @Nullable Double pacePerMinute, @Nullable Instant blockedUntil, @Nullable String blockedReason) {}

    /// What happened within the last hour.
    ///
    /// @param completed jobs that ended so; likewise the next two
    /// @param lateAnswers answers that were refused because their worker had let the lease pass
    record LastHour(long completed, long failed, long cancelled, long lateAnswers) {}

    private StatsStore() {}

    /// By id: every lane of the server's keys and of the workspace's own, since lanes are few.
    static List<LaneState> lanes(Handle handle, UUID workspaceId) {
        return handle
                .createQuery(
                        """
                                select l.id, l.provider, l.endpoint, l.key_scope, l.model, l.paused, l.max_running,
                                       count(d.job_id) filter (where d.state = 0) as queued,
                                       count(d.job_id) filter (where d.state = 2) as delayed,
                                       count(d.job_id) filter (where d.state = 1) as running,
                                       min(coalesce(d.run_at, j.created_at)) filter (where d.state = 0) as oldest_queued_at,
                                       case when k.probes > 0 or k.window_size is not null then lane_window_v1(k.window_size, k.probes) end as window_now,
                                       k.pace_per_minute, case when k.blocked_until > now() then k.blocked_until end as blocked_until,
                                       case when k.blocked_until > now() then k.blocked_reason end as blocked_reason
                                  from lane l join lane_cursor k on k.lane_id = l.id
                                  left join job_dispatch d on d.lane_id = l.id and d.workspace_id = :workspaceId
                                  left join job j on j.id = d.job_id and d.state = 0
                                 where l.key_scope in ('server', cast(:workspaceId as text))
                                 group by l.id, k.lane_id order by l.id""")
                .bind("workspaceId", workspaceId).map((row, _) -> lane(row)).list();
    }

    static LastHour lastHour(Handle handle, UUID workspaceId) {
        return handle.createQuery(
                """
                        select count(*) filter (where outcome = 'completed') as completed, count(*) filter (where outcome = 'failed') as failed,
                               count(*) filter (where outcome = 'cancelled') as cancelled,
                               (select count(*) from job_attempt a where a.workspace_id = :workspaceId and a.late_answer_at > now() - interval '1 h') as late
                          from job_result where workspace_id = :workspaceId and finished_at > now() - interval '1 h'""")
                .bind("workspaceId", workspaceId)
                .map((row, _) -> new LastHour(row.getLong("completed"), row.getLong("failed"), row.getLong("cancelled"),
                        row.getLong("late")))
                .one();
    }

    private static LaneState lane(ResultSet row) throws SQLException {
        return new LaneState(row.getInt("id"), row.getString("provider"), row.getString("endpoint"),
                row.getString("key_scope"),
                row.getString("model"), row.getBoolean("paused"), row.getObject("max_running", Integer.class),
                row.getLong("queued"),
                row.getLong("delayed"), row.getLong("running"), JobRows.time(row, "oldest_queued_at"),
                row.getObject("window_now", Integer.class), row.getObject("pace_per_minute", Double.class),
                JobRows.time(row, "blocked_until"), row.getString("blocked_reason"));
    }
}
