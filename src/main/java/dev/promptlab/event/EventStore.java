package dev.promptlab.event;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.ResultIterator;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/// The rows of `event`. They are written by the statements of `job` that move jobs.
final class EventStore {
    /// What a search looks for.
    ///
    /// @param jobId null = of any job
    record Wanted(UUID workspaceId, @Nullable UUID jobId) {}

    private EventStore() {}

    /// The visible rows from `seq` on, in order.
    static List<Row> from(Handle handle, long seq, int limit) {
        return rows(handle
                .createQuery(
                        """
                                select e.seq, e.at, u.*
                                  from (select * from event where seq >= :seq order by seq limit :limit) e
                                 cross join lateral unnest(e.types::text[], e.workspaces, e.jobs, e.attempts, e.error_codes, e.failure_classes, e.texts, e.offsets)
                                       with ordinality u(type, workspace_id, job_id, attempt, error_code, failure_class, text, "offset", place)
                                 order by e.seq, u.place""")
                .bind("seq", seq).bind("limit", limit).map((row, _) -> event(row))
                .iterator());
    }

    /// The number of the latest row; 0 when there is none.
    static long latest(Handle handle) {
        return handle.createQuery("select coalesce(max(seq), 0) from event").mapTo(Long.class).one();
    }

    /// The number of the oldest row that is kept; 0 when there is none.
    static long oldest(Handle handle) {
        return handle.createQuery("select coalesce(min(seq), 0) from event").mapTo(Long.class).one();
    }

    /// The transactions that have written rows, or are about to, and have not ended.
    static Set<String> writers(Handle handle) {
        return handle.createQuery("""
                select distinct virtualtransaction from pg_locks
                 where locktype = 'relation' and relation = 'event'::regclass and mode = 'RowExclusiveLock' and granted
                   and database = (select oid from pg_database where datname = current_database())""")
                .mapTo(String.class).set();
    }

    /// What is wanted of the rows from `seq` to below `end`, of which everything is decided. An empty row at the end when more are
    /// to come: ask again from the one after.
    static List<Row> between(Handle handle, Wanted wanted, long seq, long end, int limit) {
        return rows(wanted(
                handle.createQuery(
                        """
                                select e.seq, e.at, u.*
                                  from (select * from event where seq >= :seq and seq < :end order by seq limit :limit) e
                                  left join lateral unnest(e.types::text[], e.workspaces, e.jobs, e.attempts, e.error_codes, e.failure_classes, e.texts, e.offsets)
                                       with ordinality u(type, workspace_id, job_id, attempt, error_code, failure_class, text, "offset", place)
                                    on u.workspace_id = :workspaceId and (cast(:jobId as uuid) is null or u.job_id = :jobId)
                                 order by e.seq, u.place"""),
                wanted).bind("seq", seq).bind("end", end).bind("limit", limit)
                .map((row, _) -> event(row)).iterator());
    }

    /// The events of one job in rows below `end`, from the time in which it lived; when that is very much, the latest.
    static List<Row> ofJob(Handle handle, Wanted wanted, JobLookup.Life life, long end, int limit) {
        return rows(wanted(
                handle.createQuery(
                        """
                                select e.seq, e.at, u.*
                                  from (select * from event
                                         where at >= cast(:createdAt as timestamptz) - interval '1 min'
                                           and at <= coalesce(cast(:endedAt as timestamptz) + interval '2 min', 'infinity') and seq < :end
                                         order by at desc limit :limit) e
                                 cross join lateral unnest(e.types::text[], e.workspaces, e.jobs, e.attempts, e.error_codes, e.failure_classes, e.texts, e.offsets)
                                       with ordinality u(type, workspace_id, job_id, attempt, error_code, failure_class, text, "offset", place)
                                 where cast(:jobId as uuid) = any (e.jobs) and u.workspace_id = :workspaceId and u.job_id = :jobId
                                 order by e.seq, u.place"""),
                wanted).bind("createdAt", time(life.createdAt()))
                .bind("endedAt", time(life.endedAt())).bind("end", end).bind("limit", limit).map((row, _) -> event(row))
                .iterator());
    }

    /// Removes rows older than `kept`, and pieces of text older than `textKept`, but never the newest row.
    ///
    /// @return how many, at most `limit` of each
    static int prune(Handle handle, Duration kept, Duration textKept, int limit) {
        return handle.createUpdate("""
                delete from event where seq < (select max(seq) from event) and seq = any (array(
                    (select seq from event where at < now() - :kept order by at limit :limit)
                    union
                    (select seq from (select seq, at from event where texts is not null order by seq limit :limit) t
                      where at < now() - :textKept)))""").bind("kept", kept).bind("textKept", textKept)
                .bind("limit", limit).execute();
    }

    private static <S extends SqlStatement<S>> S wanted(S statement, Wanted wanted) {
        return statement.bind("workspaceId", wanted.workspaceId()).bind("jobId", wanted.jobId());
    }

    private static @Nullable OffsetDateTime time(@Nullable Instant time) {
        return time == null ? null : time.atOffset(ZoneOffset.UTC);
    }

    /// @param event null when the row has none that is wanted
    private record Found(long seq, @Nullable JobEvent event) {}

    private static Found event(ResultSet row) throws SQLException {
        long seq = row.getLong("seq");
        var type = row.getString("type");
        if (type == null) {
            return new Found(seq, null);
        }
        var text = row.getString("text");
        return new Found(seq, JobEvent.of(new EventId(seq, row.getInt("place")),
                requireNonNull(EventType.BY_CODE.get(type), type),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getObject("workspace_id", UUID.class), row.getObject("job_id", UUID.class),
                new JobEvent.Detail(row.getObject("attempt", Integer.class), row.getString("error_code"),
                        row.getString("failure_class")),
                text == null ? null : new JobEvent.Piece(text, row.getInt("offset"))));
    }

    private static List<Row> rows(ResultIterator<Found> found) {
        var rows = new ArrayList<Row>();
        try (found) {
            while (found.hasNext()) {
                var next = found.next();
                if (rows.isEmpty() || rows.getLast().seq() != next.seq()) {
                    rows.add(new Row(next.seq(), new ArrayList<>()));
                }
                if (next.event() != null) {
                    rows.getLast().events().add(next.event());
                }
            }
        }
        return rows;
    }
}
