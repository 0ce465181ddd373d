package dev.promptlab.testing;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

import dev.promptlab.db.Database;
import org.jspecify.annotations.Nullable;

/// The queue's tables as tests look at them. Every query of the tests for what became of jobs is here.
public record QueueInvariants(Database db) {
    /// One job over all its tables.
    ///
    /// @param state `completed failed cancelled` of an ended job, `ready running delayed` of a live one
    /// @param attempt number of the latest call
    /// @param triesLeft null when the job has ended
    /// @param throttled null when the job has ended
    /// @param keyed whether it holds the key of its input
    /// @param log `attempt/epoch/outcome` of every logged attempt, in order
    public record Row(UUID id, String state, int attempt, int epoch, @Nullable Integer triesLeft,
            @Nullable Integer throttled, boolean cancel, boolean live, boolean keyed, List<String> log) {}

    /// Every job, oldest first.
    public List<Row> rows() {
        return db.autocommit(handle -> handle
                .createQuery(
                        """
                                select j.id, coalesce(r.outcome, (array['ready', 'running', 'delayed'])[d.state + 1], 'lost') as state,
                                       coalesce(d.attempt, r.attempts) as attempt, coalesce(d.epoch, r.epoch) as epoch, d.tries_left, d.throttled,
                                       coalesce(d.cancel, false) as cancel, d.job_id is not null as live, k.job_id is not null as keyed,
                                       array(select concat_ws('/', a.attempt, a.epoch, a.outcome) from job_attempt a
                                              where a.job_id = j.id order by a.attempt) as log
                                  from job j
                                  left join job_result r on r.job_id = j.id
                                  left join job_dispatch d on d.job_id = j.id
                                  left join job_key k on k.workspace_id = j.workspace_id and k.input_hash = j.input_hash and k.job_id = j.id
                                 order by j.id""")
                .map((row, _) -> row(row)).list());
    }

    private static Row row(ResultSet row) throws SQLException {
        return new Row(row.getObject("id", UUID.class), row.getString("state"), row.getInt("attempt"),
                row.getInt("epoch"), row.getObject("tries_left", Integer.class),
                row.getObject("throttled", Integer.class), row.getBoolean("cancel"), row.getBoolean("live"),
                row.getBoolean("keyed"), texts(row.getArray("log")));
    }

    private static List<String> texts(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }

    /// What must never be seen at rest or in flight, one line for each breach. Jobs that `fresh` replaced count as breaches.
    public List<String> violations() {
        return db.autocommit(handle -> handle.createQuery(
                """
                        select 'job ' || j.id || ': a dispatch row and a result, or neither'
                          from job j left join job_dispatch d on d.job_id = j.id left join job_result r on r.job_id = j.id
                         where (d.job_id is null) = (r.job_id is null)
                        union all
                        select 'result of no job: ' || r.job_id
                          from job_result r where not exists (select from job j where j.id = r.job_id)
                        union all
                        select 'dispatch row of no job: ' || d.job_id
                          from job_dispatch d where not exists (select from job j where j.id = d.job_id)
                        union all
                        select 'job ' || j.id || ': ' || coalesce(r.outcome, 'live') || case when k.job_id is null then ' without' else ' with' end || ' its key'
                          from job j
                          left join job_result r on r.job_id = j.id
                          left join job_key k on k.workspace_id = j.workspace_id and k.input_hash = j.input_hash and k.job_id = j.id
                         where (k.job_id is not null) <> (coalesce(r.outcome, 'completed') = 'completed')
                        union all
                        select 'job ' || j.id || ': attempts ' || coalesce(a.numbers, 'none') || ', the record says ' || coalesce(d.attempt, r.attempts)
                          from job j
                          left join job_result r on r.job_id = j.id
                          left join job_dispatch d on d.job_id = j.id
                          left join (select job_id, count(*) as n, max(attempt) as last, string_agg(attempt::text, ',' order by attempt) as numbers
                                       from job_attempt group by job_id) a on a.job_id = j.id
                         where coalesce(a.n, 0) <> coalesce(a.last, 0)
                            or coalesce(a.n, 0) <> coalesce(d.attempt - case when d.state = 1 then 1 else 0 end, r.attempts)
                        union all
                        select 'job ' || r.job_id || ': ' || r.outcome || ' after an attempt that was ' || a.outcome
                          from job_result r join job_attempt a on a.job_id = r.job_id and a.attempt = r.attempts
                         where r.outcome = 'completed' and a.outcome <> 'completed'
                        union all
                        select 'job ' || a.job_id || ': completed ' || count(*) || ' times'
                          from job_attempt a where a.outcome = 'completed' group by a.job_id having count(*) > 1""")
                .mapTo(String.class).list());
    }

    /// How many jobs ended so.
    public int ended(String outcome) {
        return count("select count(*)::int from job_result where outcome = :word", outcome);
    }

    /// How many logged attempts came out so.
    public int attempts(String outcome) {
        return count("select count(*)::int from job_attempt where outcome = :word", outcome);
    }

    /// How many jobs are queued or running.
    public int live() {
        return db.autocommit(
                handle -> handle.createQuery("select count(*)::int from job_dispatch").mapTo(Integer.class).one());
    }

    /// `job epoch` of every claim that is running.
    public List<String> running() {
        return db.autocommit(handle -> handle
                .createQuery("select job_id || ' ' || epoch from job_dispatch where state = 1").mapTo(String.class)
                .list());
    }

    /// The same, of one process.
    public List<String> runningOf(long pid) {
        return db.autocommit(handle -> handle
                .createQuery(
                        "select job_id || ' ' || epoch from job_dispatch where state = 1 and worker_id like '%-' || :pid || '-%'")
                .bind("pid", pid).mapTo(String.class).list());
    }

    /// Result, figures and times of every job as one text each, oldest first: equal texts = nothing was written.
    public List<String> records() {
        return db.autocommit(handle -> handle
                .createQuery(
                        "select j::text || r::text from job j left join job_result r on r.job_id = j.id order by j.id")
                .mapTo(String.class).list());
    }

    /// Removes every job.
    public void clear() {
        db.inTransaction(tx -> tx.execute("truncate job, job_result, job_key, job_dispatch, job_attempt"));
    }

    private int count(String sql, String word) {
        return db.autocommit(handle -> handle.createQuery(sql).bind("word", word).mapTo(Integer.class).one());
    }
}
