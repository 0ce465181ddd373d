package dev.promptlab.job;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

import dev.promptlab.db.Database;
import dev.promptlab.job.QueueStore.ClaimRules;
import dev.promptlab.job.QueueStore.Settlement;
import dev.promptlab.job.TestJobs.Spec;
import dev.promptlab.testing.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static dev.promptlab.job.TestJobs.completed;
import static org.assertj.core.api.Assertions.assertThat;

class RetentionTest {
    private static final Duration RETENTION = Duration.ofDays(30);

    private TestDatabase database;
    private Database db;
    private QueueStore queue;
    private TestJobs jobs;

    @BeforeEach
    void create() {
        database = TestDatabase.create();
        db = database.db();
        queue = new QueueStore(db);
        jobs = new TestJobs(db);
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void aJobThatEndedLongAgoGoesWithItsAttemptsAndItsKey() {
        complete(jobs.insert(Spec.of("old")));
        createdAndEnded("40 d", "31 d");
        var young = jobs.insert(Spec.of("young"));
        complete(young);

        assertThat(prune()).isEqualTo(1);
        assertThat(prune()).isZero();
        assertThat(ids("select id from job")).containsExactly(young);
        assertThat(ids("select job_id from job_result")).containsExactly(young);
        assertThat(ids("select job_id from job_attempt")).containsExactly(young);
        assertThat(ids("select job_id from job_key")).containsExactly(young);
    }

    @Test
    void anOldJobThatEndedLatelyOrStillLivesStays() {
        complete(jobs.insert(Spec.of("ended lately")));
        createdAndEnded("40 d", "29 d");
        jobs.insert(Spec.of("waits"));
        db.inTransaction(tx -> List.of("job", "job_dispatch", "job_key").forEach(table -> tx.execute("update " + table
                + " set " + (table.equals("job") ? "id" : "job_id") + " = '01800000-0000-7000-8000-000000000001'"
                + " where " + (table.equals("job") ? "id" : "job_id") + " in (select job_id from job_dispatch)")));

        assertThat(prune()).isZero();
    }

    @Test
    void theSpaceOfWhatIsRemovedIsUsedAgain() {
        long first = 0;
        for (int round = 0; round < 4; round++) {
            fill(3_000);
            long size = size();
            first = first == 0 ? size : first;
            assertThat(size).isLessThanOrEqualTo(first + first / 10);
            assertThat(prune()).isEqualTo(3_000);
            db.autocommit(handle -> handle.execute("vacuum (truncate false) job_result"));
        }
    }

    /// Rows as they come and go in a month, at ids that rise.
    private void fill(int rows) {
        db.inTransaction(tx -> tx.execute(
                """
                        insert into job_result (job_id, workspace_id, outcome, epoch, attempts, output, finished_at)
                        select cast('0180' || lpad(to_hex(nextval('job_dispatch_seq')), 8, '0') || '70008000000000000000' as uuid),
                               gen_random_uuid(), 'completed', 1, 1, repeat('x', 1000), now() - interval '31 d'
                          from generate_series(1, ?)""",
                rows));
    }

    private long size() {
        return db.autocommit(
                handle -> handle.createQuery("select pg_table_size('job_result') + pg_relation_size('job_result_pkey')")
                        .mapTo(Long.class).one());
    }

    private int prune() {
        return db.transaction(tx -> RetentionStore.prune(tx, RETENTION, 10_000));
    }

    private void complete(UUID id) {
        var claimed = queue.claim(new ClaimRules("worker", Duration.ofSeconds(30), 64), 10);
        assertThat(claimed).extracting(ClaimedJob::jobId).containsExactly(id);
        db.inTransaction(tx -> queue.settle(tx,
                claimed.stream().map(job -> new Settlement(job.hold(), completed("done"))).toList()));
    }

    /// Moves the one job there is into the past: its id says when it was created.
    private void createdAndEnded(String createdAgo, String endedAgo) {
        var id = db.autocommit(handle -> handle.createQuery("""
                select cast(lpad(to_hex((extract(epoch from now() - cast(? as interval)) * 1000)::bigint), 12, '0')
                            || '70008000000000000001' as uuid)""").bind(0, createdAgo).mapTo(UUID.class).one());
        db.inTransaction(tx -> {
            tx.execute("update job set id = ?", id);
            tx.execute("update job_key set job_id = ?", id);
            tx.execute("update job_attempt set job_id = ?", id);
            tx.execute("update job_result set job_id = ?, finished_at = now() - cast(? as interval)", id, endedAgo);
        });
    }

    private List<UUID> ids(String sql) {
        return db.autocommit(handle -> handle.createQuery(sql).mapTo(UUID.class).list());
    }
}
