package dev.promptlab.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

import dev.promptlab.bench.BenchPostgres;
import dev.promptlab.bench.Figures;
import dev.promptlab.bench.Figures.Bar;
import dev.promptlab.bench.Load;
import dev.promptlab.db.Database;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.job.BenchQueue.Size;

/// What the claim of 100 jobs costs PostgreSQL by how much is queued, has ended, and how it is spread; with statistics
/// and, as after a restore, without any.
final class ClaimMeasure implements QueueMeasure {
    private static final int WANTED = 100;
    private static final int SUBMITTERS = 256;
    private static final int TIMES = 5;
    /// Few connections, since all cases stay open.
    private static final Size SIZE = new Size(4, Size.PRODUCT.concurrency());
    private static final double MOST_BUFFERS = 35;
    private static final List<String> STATES = List.of("analyzed", "never analyzed");

    private record Case(int queued, int finished, int workspaces, int lanes) {
        String figure(String state, String unit) {
            return "claim of %d: %,d queued, %,d finished, %,d workspaces, %d lanes, %s, %s".formatted(WANTED, queued,
                    finished, workspaces, lanes, state, unit);
        }
    }

    private static final Case SMALL = new Case(1_000, 0, 1, 1);
    private static final Case LARGE = new Case(100_000, 1_000_000, 1_000, 1);
    private static final List<Case> CASES = List.of(new Case(0, 0, 1, 1), SMALL, new Case(1_000, 0, 1_000, 1),
            new Case(100_000, 0, 1, 1), new Case(100_000, 0, 1_000, 20), LARGE);

    private final BenchPostgres postgres;
    private final List<BenchQueue> queues = new ArrayList<>();

    ClaimMeasure(BenchPostgres postgres) {
        this.postgres = postgres;
    }

    static void bars(Figures figures) {
        for (var state : STATES) {
            figures.bar(LARGE.figure(state, "ms"), Bar.atMost(2, SMALL.figure(state, "ms")));
            CASES.stream().filter(one -> one.queued() > 0)
                    .forEach(one -> figures.bar(one.figure(state, "buffers a job"), Bar.atMost(MOST_BUFFERS)));
        }
    }

    /// Fills a database for each case, which all rounds share.
    @Override
    public void prepare(Figures figures) throws Exception {
        for (var one : CASES) {
            var queue = new BenchQueue(postgres, SIZE);
            queues.add(queue);
            ClaimStore.keepStill(queue.db());
            if (one.finished() > 0) {
                finish(queue, one);
            }
            var jobs = new BenchJobs(queue.db(), one.workspaces(), one.lanes());
            Load.times(one.queued(), SUBMITTERS, number -> queue.submitter().submit(jobs.job(number), Reuse.ANY));
        }
        round(figures);
    }

    /// Works on one job a workspace, then copies what they left behind.
    private static void finish(BenchQueue queue, Case one) throws InterruptedException {
        var jobs = new BenchJobs(queue.db(), one.workspaces(), one.lanes());
        queue.work(BenchQueue.answerAfter(Duration.ZERO));
        Load.times(one.workspaces(), SUBMITTERS, number -> queue.submitWatched(jobs.job(number)));
        queue.awaitAll();
        queue.rest();
        ClaimStore.copyJobs(queue.db(), one.finished() / one.workspaces() - 1);
    }

    @Override
    public void round(Figures figures) {
        for (int i = 0; i < CASES.size(); i++) {
            for (var state : STATES) {
                measure(figures, queues.get(i), CASES.get(i), state);
            }
        }
    }

    /// In a session of its own, whose first claim does not count: it plans.
    private static void measure(Figures figures, BenchQueue queue, Case one, String state) {
        try (var db = Database.open(queue.url(), 1, DatabaseRole.WORKER)) {
            ClaimStore.vacuum(queue.db());
            if (!state.equals(STATES.getFirst())) {
                ClaimStore.forgetStatistics(queue.db());
            }
            ClaimStore.claim(db, WANTED);
            var costs = new ArrayList<ClaimStore.Cost>();
            for (int i = 0; i < TIMES; i++) {
                costs.add(ClaimStore.claim(db, WANTED));
            }
            figures.add(one.figure(state, "ms"), median(costs.stream().mapToDouble(ClaimStore.Cost::millis)));
            figures.add(one.figure(state, "buffers a job"),
                    median(costs.stream().mapToDouble(cost -> (double) cost.buffers() / Math.max(1, cost.jobs()))));
        }
    }

    private static double median(DoubleStream values) {
        return values.sorted().skip(TIMES / 2).findFirst().orElseThrow();
    }

    @Override
    public void close() {
        queues.forEach(BenchQueue::close);
    }
}
