package dev.promptlab.job.history;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

import dev.promptlab.db.Database;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.testing.TestDatabase;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RollupTest {
    private TestDatabase database;
    private Database db;
    private Rollup rollup;

    @BeforeEach
    void create() {
        database = TestDatabase.create();
        db = database.db();
        rollup = new Rollup(database.as(DatabaseRole.WORKER), db);
    }

    @AfterEach
    void drop() {
        rollup.close();
        database.close();
    }

    @Test
    void whateverTheSpansAreTheSumsAreThoseOfAScan() {
        fill(2_000, "6 h");
        var start = now().minus(Duration.ofHours(7));
        for (int minute = 0; minute < 430; minute += 1 + minute % 37) {
            rollup.addUntil(start.plus(Duration.ofMinutes(minute)));
        }
        rollup.addUntil(now());

        for (int grain : List.of(5, 60)) {
            assertThat(text(
                    "select string_agg(outcome || jobs, ',' order by outcome) from (select outcome, sum(jobs) as jobs"
                            + " from history_jobs where grain = " + grain + " group by 1) x"))
                    .isEqualTo(text(
                            "select string_agg(outcome || jobs, ',' order by outcome) from (select outcome, count(*) as jobs"
                                    + " from job_result group by 1) x"));
            assertThat(text(
                    "select sum(calls) || ' ' || sum(input_tokens) || ' ' || sum(unpriced) || ' ' || sum(cost_usd)::numeric(30, 12)"
                            + " from history_calls where grain = " + grain))
                    .isEqualTo(text(
                            "select count(*) || ' ' || sum(input_tokens) || ' ' || count(*) filter (where cost_usd is null)"
                                    + " || ' ' || sum(cost_usd)::numeric(30, 12) from job_attempt"));
            assertThat(text("select sum(n)::text from history_times where kind = 'wait' and grain = " + grain))
                    .isEqualTo("2000");
        }
    }

    @Test
    void anOpenTransactionHoldsTheRollupBack() {
        try (var open = OpenTransaction.begin(database)) {
            assertThat(settledUntil()).isBeforeOrEqualTo(open.since());
        }
        assertThat(settledUntil()).isAfter(Instant.now().minusSeconds(1));
    }

    @Test
    void whatGoesBeforeItWasAddedIsAddedAllTheSame() {
        fill(100, "1 h");
        deleteFailed();
        rollup.addUntil(now());
        assertThat(endings()).isEqualTo(100);
        assertThat(text("select count(*)::text from history_gone_ending")).isEqualTo("0");
        assertThat(text("select sum(calls)::text from history_calls where grain = 60")).isEqualTo("100");
    }

    @Test
    void whatGoesAfterwardsStaysInTheFigures() {
        fill(100, "1 h");
        rollup.addUntil(now());
        deleteFailed();
        rollup.addUntil(now());
        assertThat(endings()).isEqualTo(100);
    }

    @Test
    void deletionsAndTwoRollupsAtOnceCountEverythingOnce() throws Exception {
        fill(3_000, "3 h");
        var go = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var second = new Rollup(database.as(DatabaseRole.WORKER), db)) {
            var rounds = List.of(rollup, second).stream().map(one -> threads.submit(() -> {
                go.await();
                for (int minute = 200; minute >= 0; minute -= 3) {
                    one.addUntil(now().minus(Duration.ofMinutes(minute)));
                }
                return true;
            })).toList();
            var deletions = threads.submit(() -> {
                go.await();
                for (int part = 0; part < 20; part++) {
                    delete("outcome = 'failed' and job_id::text like '%" + Integer.toHexString(part % 16) + "'");
                }
                return true;
            });
            go.countDown();
            for (var round : rounds) {
                round.get();
            }
            deletions.get();
        }
        rollup.addUntil(now());
        assertThat(endings()).isEqualTo(3_000);
        assertThat(text("select sum(calls)::text from history_calls where grain = 5")).isEqualTo("3000");
    }

    private Instant settledUntil() {
        return db.autocommit(handle -> RollupStore.settledUntil(handle, Duration.ZERO));
    }

    /// A session of the product in a transaction.
    private record OpenTransaction(Database pool, Handle handle, Instant since) implements AutoCloseable {
        static OpenTransaction begin(TestDatabase database) {
            var pool = database.as(DatabaseRole.WORKER);
            var handle = pool.autocommit(one -> one.getJdbi().open());
            handle.begin();
            handle.execute("select 1");
            return new OpenTransaction(pool, handle, Instant.now());
        }

        @Override
        public void close() {
            handle.rollback();
            handle.close();
        }
    }

    private void deleteFailed() {
        delete("outcome = 'failed'");
    }

    private void delete(String which) {
        db.inTransaction(tx -> tx.execute("with gone as (delete from job_result where " + which + " returning job_id)"
                + " delete from job_attempt a using gone g where a.job_id = g.job_id"));
    }

    /// Jobs that ended one after the other within the last hours.
    private void fill(int jobs, String since) {
        db.inTransaction(tx -> {
            tx.execute(
                    "insert into lane (provider, endpoint, key_scope, model) values ('mock', 'mock', 'server', 'echo')");
            tx.execute(
                    """
                            with made as (
                                insert into job (id, workspace_id, priority, lane_id, provider, model, variables, params, messages, input_hash, max_attempts,
                                                 estimated_input_tokens, created_at)
                                select cast(lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3)
                                            || '8' || substr(md5(n::text), 4, 15) as uuid),
                                       '00000000-0000-7000-8000-000000000001', 1, (select min(id) from lane), 'mock', 'echo', '{}', '{}', '[]',
                                       sha256(n::text::bytea), 3, 1, at
                                  from (select n, now() - cast(? as interval) * (1 - n / ?::double precision) - interval '2 s' as at
                                          from generate_series(1, ?) n) x
                                returning id, workspace_id, created_at),
                            ended as (
                                insert into job_result (job_id, workspace_id, outcome, epoch, attempts, output, error_code, finished_at)
                                select id, workspace_id, case when id::text like '%3' then 'failed' else 'completed' end, 1, 1, 'x', 'timeout',
                                       created_at + interval '1 s' from made)
                            insert into job_attempt (job_id, attempt, workspace_id, epoch, worker_id, started_at, finished_at, outcome, input_tokens,
                                                     output_tokens, cached_input_tokens, cost_usd)
                            select id, 1, workspace_id, 1, 'w', created_at + interval '300 ms', created_at + interval '1 s', 'completed', 7, 5, 0,
                                   case when id::text like '%5' then null else 0.000123456789 end from made""",
                    since, jobs, jobs);
        });
    }

    private long endings() {
        return Long.parseLong(text("select sum(jobs)::text from history_jobs where grain = 60"));
    }

    private String text(String sql) {
        return db.autocommit(handle -> handle.createQuery(sql).mapTo(String.class).one());
    }

    private static Instant now() {
        return Instant.now();
    }
}
