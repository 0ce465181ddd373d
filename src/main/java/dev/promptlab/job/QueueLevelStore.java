package dev.promptlab.job;

import java.util.List;

import org.jdbi.v3.core.Handle;

/// How full the queue is, over all workspaces.
final class QueueLevelStore {
    /// Live jobs of one provider, model and priority.
    ///
    /// @param state `queued delayed running`
    /// @param oldestSeconds how long the first of them has been due, or at work
    record Level(String provider, String model, Priority priority, String state, long jobs, double oldestSeconds) {}

    private QueueLevelStore() {}

    /// Ids carry the time of the submit, so the records of the jobs need not be read.
    static List<Level> levels(Handle handle) {
        return handle.createQuery(
                """
                        select l.provider, l.model, d.priority, d.state, d.jobs, greatest(0, extract(epoch from now()) - d.since) as oldest
                          from (select lane_id, priority, state, count(*) as jobs,
                                       min(case when state = 1 then extract(epoch from started_at)
                                                else coalesce(extract(epoch from run_at),
                                                              ('x' || translate(left(job_id::text, 13), '-', ''))::bit(48)::bigint / 1000.0) end) as since
                                  from job_dispatch group by lane_id, priority, state) d
                          join lane l on l.id = d.lane_id""")
                .map((row, _) -> new Level(row.getString("provider"), row.getString("model"),
                        Priority.of(row.getInt("priority")), state(row.getInt("state")), row.getLong("jobs"),
                        row.getDouble("oldest")))
                .list();
    }

    private static String state(int state) {
        return switch (state) {
            case 0 -> "queued";
            case 1 -> "running";
            default -> "delayed";
        };
    }
}
