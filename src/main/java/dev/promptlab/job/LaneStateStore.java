package dev.promptlab.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

import dev.promptlab.job.LaneState.Block;
import dev.promptlab.job.LaneState.Pace;
import dev.promptlab.job.LaneState.Reason;
import dev.promptlab.job.LaneState.Starts;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/// What lanes have learned, in `lane_cursor`. Who changes it holds the row's lock from the look to the write; claims pass over a
/// lane that is locked.
final class LaneStateStore {
    /// @param maxRunning null = the processes' default
    record Learned(int laneId, @Nullable Integer maxRunning, LaneState state) {}

    private LaneStateStore() {}

    /// The lane, locked until the caller's transaction ends.
    static List<Learned> lock(Handle tx, int laneId) {
        return tx.createQuery("""
                select k.*, (select max_running from lane l where l.id = k.lane_id) as max_running
                  from lane_cursor k where k.lane_id = :lane for update of k""")
                .bind("lane", laneId).map((row, _) -> learned(row)).list();
    }

    /// All lanes of the lane's endpoint and key, itself among them, locked in the order of their ids.
    static List<Learned> lockEndpoint(Handle tx, int laneId) {
        return tx
                .createQuery(
                        """
                                select k.*, l.max_running
                                  from lane own join lane l on l.provider = own.provider and l.endpoint = own.endpoint and l.key_scope = own.key_scope
                                  join lane_cursor k on k.lane_id = l.id
                                 where own.id = :lane order by k.lane_id for update of k""")
                .bind("lane", laneId).map((row, _) -> learned(row)).list();
    }

    /// The database's time; ask after the lock was got.
    static Instant now(Handle tx) {
        return tx.createQuery("select clock_timestamp()").mapTo(Instant.class).one();
    }

    static void save(Handle tx, int laneId, LaneState state) {
        var pace = state.pace();
        var block = state.block();
        tx.createUpdate(
                """
                        update lane_cursor
                           set window_size = :window, ramp = :ramp, pace_per_minute = :pace, pace_credit = :credit, paced_at = :pacedAt,
                               pace_growth = :growth, pace_changed_at = :changedAt, pace_stated = :stated,
                               blocked_until = :blockedUntil, blocked_reason = :reason, probes = :probes, events = :events,
                               throttled_at = :throttledAt, starts_since = :startsSince
                         where lane_id = :lane""")
                .bind("window", state.window()).bind("ramp", state.ramp())
                .bind("pace", pace == null ? null : Double.valueOf(pace.perMinute()))
                .bind("credit", pace == null ? null : Double.valueOf(pace.credit()))
                .bind("pacedAt", pace == null ? null : JobRows.offset(pace.at()))
                .bind("growth", pace == null ? null : Double.valueOf(pace.growth()))
                .bind("changedAt", pace == null ? null : JobRows.offset(pace.changedAt()))
                .bind("stated", pace == null ? null : Long.valueOf(pace.stated()))
                .bind("blockedUntil", block == null ? null : JobRows.offset(block.until()))
                .bind("reason", block == null ? null : block.reason().code())
                .bind("probes", block == null ? 0 : block.probes()).bind("events", state.events())
                .bind("throttledAt", JobRows.offset(state.throttledAt()))
                .bind("startsSince", state.starts().sinceThrottled()).bind("lane", laneId).execute();
    }

    private static Learned learned(ResultSet row) throws SQLException {
        return new Learned(row.getInt("lane_id"), row.getObject("max_running", Integer.class),
                new LaneState(row.getObject("window_size", Double.class), row.getObject("ramp", Integer.class),
                        pace(row),
                        block(row), row.getInt("events"), JobRows.time(row, "throttled_at"), starts(row)));
    }

    private static @Nullable Pace pace(ResultSet row) throws SQLException {
        var perMinute = row.getObject("pace_per_minute", Double.class);
        return perMinute == null ? null
                : new Pace(perMinute, row.getDouble("pace_credit"), requireNonNull(JobRows.time(row, "paced_at")),
                        row.getDouble("pace_growth"), requireNonNull(JobRows.time(row, "pace_changed_at")),
                        row.getLong("pace_stated"));
    }

    private static @Nullable Block block(ResultSet row) throws SQLException {
        var until = JobRows.time(row, "blocked_until");
        return until == null ? null
                : new Block(until, Reason.valueOf(row.getString("blocked_reason").toUpperCase(Locale.ROOT)),
                        row.getInt("probes"));
    }

    private static Starts starts(ResultSet row) throws SQLException {
        return new Starts(List.of((Integer[]) row.getArray("starts").getArray()), row.getLong("starts_slot"),
                row.getInt("starts_since"));
    }
}
