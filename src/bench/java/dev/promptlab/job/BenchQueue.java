package dev.promptlab.job;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;

import dev.promptlab.bench.BenchPostgres;
import dev.promptlab.bench.BenchText;
import dev.promptlab.bench.Load;
import dev.promptlab.config.Setting;
import dev.promptlab.config.Settings;
import dev.promptlab.db.Database;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.db.DatabaseUrl;
import dev.promptlab.provider.BenchProviders;
import dev.promptlab.provider.BenchProviders.Answering;
import dev.promptlab.provider.PriceTable;
import dev.promptlab.provider.Providers;
import dev.promptlab.telemetry.Metrics;
import org.jspecify.annotations.Nullable;

/// What a process of the product is below its API, on a new database: pools, submitter and, when started, the worker.
final class BenchQueue implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    private static final int SAMPLE = 100;
    private static final int OBSERVERS = 4;

    /// @param connections of each pool
    /// @param concurrency jobs in flight
    record Size(int connections, int concurrency) {
        /// What the product has unless told otherwise.
        static final Size PRODUCT = new Size(16, 64);
    }

    private final BenchPostgres postgres;
    private final DatabaseUrl url;
    private final Size size;
    private final Database db;
    private final Database requests;
    private final Database work;
    private final Signals signals = Signals.create();
    private final Submitter submitter;
    private final Queue<Watched> watched = new ConcurrentLinkedQueue<>();
    private @Nullable Providers providers;
    private @Nullable WorkerPool workers;

    private record Watched(NewJob job, Endings.Watch watch) {}

    BenchQueue(BenchPostgres postgres, Size size) {
        this.postgres = postgres;
        this.url = postgres.create();
        this.size = size;
        this.db = Database.open(postgres.superuser(url), OBSERVERS, DatabaseRole.OWNER);
        this.requests = Database.open(url, size.connections(), DatabaseRole.API);
        this.work = Database.open(url, size.connections(), DatabaseRole.WORKER);
        this.submitter = new Submitter(requests, signals.queued());
        connectAll(requests);
        connectAll(work);
    }

    /// A process that has run for a while has its connections open.
    private void connectAll(Database pool) {
        Load.times(size.connections(), size.connections(),
                _ -> pool.autocommit(handle -> handle.execute("select pg_sleep(0.2)")));
    }

    /// Sees and may do everything.
    Database db() {
        return db;
    }

    /// What the worker works on.
    Database work() {
        return work;
    }

    DatabaseUrl url() {
        return url;
    }

    Signals signals() {
        return signals;
    }

    Submitter submitter() {
        return submitter;
    }

    /// Submits in a transaction shared with others, as `POST /generate` does, and remembers the job for [#awaitAll].
    void submitWatched(NewJob job) throws InterruptedException {
        watched.add(new Watched(job, signals.ended().watch(job.id())));
        submitter.submit(job, Reuse.ANY);
    }

    /// Starts the worker, with the product's settings but for the concurrency.
    void work(Answering answering) {
        providers = BenchProviders.of(answering);
        workers = WorkerPool.start(work, db, providers, PriceTable.load(), signals, settings(size), Metrics.create());
    }

    static Settings settings(Size size) {
        return Settings.load(Map.of(Setting.PROMPTLAB_WORKER_CONCURRENCY, "" + size.concurrency(),
                Setting.PROMPTLAB_LANE_CONCURRENCY, "" + Math.max(size.concurrency(), Size.PRODUCT.concurrency())),
                Map.of());
    }

    /// Answers after `latency` with a text as long as the prompt.
    static Answering answerAfter(Duration latency) {
        return latency.isZero() ? prompt -> BenchText.of(BenchText.number(prompt) + 1) : prompt -> {
            Thread.sleep(latency);
            return BenchText.of(BenchText.number(prompt) + 1);
        };
    }

    /// Blocks until every watched job ended, and looks at some of them.
    void awaitAll() throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (var one : watched) {
            one.watch().await(Duration.ofNanos(end - System.nanoTime()));
        }
        if (System.nanoTime() > end) {
            throw new IllegalStateException("jobs have not ended in " + PATIENCE);
        }
    }

    /// Blocks until nothing is queued or running, whichever process works on it.
    void awaitEmpty(BenchJobs jobs) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (jobs.workspaces().stream().anyMatch(this::hasJobs)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("jobs have not ended in " + PATIENCE);
            }
            Thread.sleep(LOOK_AGAIN);
        }
    }

    private boolean hasJobs(UUID workspaceId) {
        return db.autocommit(handle -> StatsStore.lanes(handle, workspaceId)).stream()
                .anyMatch(lane -> lane.queued() + lane.delayed() + lane.running() > 0);
    }

    /// @throws IllegalStateException when a watched job is not completed
    void check() {
        watched.stream().map(Watched::job).filter(job -> job.id().hashCode() % SAMPLE == 0)
                .forEach(this::check);
    }

    private void check(NewJob job) {
        var found = db.autocommit(handle -> JobStore.find(handle, job.workspaceId(), job.id())).orElseThrow();
        if (found.status() != JobStatus.COMPLETED) {
            throw new IllegalStateException("job " + job.id() + " is " + found.status());
        }
    }

    /// Ends the worker.
    void rest() {
        if (workers != null) {
            workers.close();
        }
        workers = null;
    }

    @Override
    public void close() {
        rest();
        if (providers != null) {
            providers.close();
        }
        submitter.close();
        List.of(work, requests, db).forEach(Database::close);
        postgres.drop(url);
    }
}
