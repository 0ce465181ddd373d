package dev.promptlab.bench;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.event.AbstractSchedulerListener;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.promptlab.db.DatabaseUrl;

/// db-scheduler on the same PostgreSQL, with its faster way to poll. It deletes a task that is done and keeps no result, which is
/// less than the others do.
public final class DbScheduler {
    /// Beside one a thread: polling and heartbeats.
    private static final int EXTRA_CONNECTIONS = 3;
    /// When fewer than so many tasks a thread are left, fetch as many as so many a thread: what its author measures with.
    private static final double LOWER = 1.0;
    private static final double UPPER = 4.0;
    private static final String TABLE = """
            create table scheduled_tasks (
                task_name text not null,
                task_instance text not null,
                task_data bytea,
                execution_time timestamptz not null,
                picked boolean not null,
                picked_by text,
                last_success timestamptz,
                last_failure timestamptz,
                consecutive_failures int,
                last_heartbeat timestamptz,
                version bigint not null,
                priority smallint,
                primary key (task_name, task_instance));
            create index execution_time_idx on scheduled_tasks (execution_time);
            create index last_heartbeat_idx on scheduled_tasks (last_heartbeat)""";

    private DbScheduler() {}

    /// Jobs a second from the start of the scheduler with all of them due until the last one is gone.
    ///
    /// @param database a new one
    public static double drain(DatabaseUrl database, int count, int threads, Duration latency)
            throws InterruptedException, SQLException {
        var left = new CountDownLatch(count);
        OneTimeTask<String> task = Tasks.oneTime("job", String.class).execute((_, _) -> pause(latency));
        try (var pool = pool(database, threads + EXTRA_CONNECTIONS)) {
            createTable(pool);
            var scheduler = Scheduler.create(pool, task).threads(threads).pollingInterval(Duration.ofMillis(100))
                    .pollUsingLockAndFetch(LOWER, UPPER).addSchedulerListener(new AbstractSchedulerListener() {
                        @Override
                        public void onExecutionComplete(ExecutionComplete complete) {
                            left.countDown();
                        }
                    }).build();
            scheduler.scheduleBatch(IntStream.range(0, count)
                    .<TaskInstance<?>>mapToObj(i -> task.instance("" + i, BenchText.of(i))), Instant.now());
            long start = System.nanoTime();
            scheduler.start();
            left.await();
            double rate = count / ((System.nanoTime() - start) / 1e9);
            scheduler.stop();
            return rate;
        }
    }

    private static void pause(Duration latency) {
        try {
            if (!latency.isZero()) {
                Thread.sleep(latency);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static HikariDataSource pool(DatabaseUrl database, int connections) {
        var config = new HikariConfig();
        config.setJdbcUrl(database.jdbcUrl());
        config.setUsername(database.user());
        config.setPassword(database.password());
        config.setMaximumPoolSize(connections);
        return new HikariDataSource(config);
    }

    private static void createTable(HikariDataSource pool) throws SQLException {
        try (var connection = pool.getConnection(); var statement = connection.createStatement()) {
            statement.execute(TABLE);
        }
    }
}
