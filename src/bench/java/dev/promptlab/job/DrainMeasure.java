package dev.promptlab.job;

import java.time.Duration;
import java.util.List;

import dev.promptlab.bench.BenchPostgres;
import dev.promptlab.bench.BenchText;
import dev.promptlab.bench.Figures;
import dev.promptlab.bench.Figures.Bar;
import dev.promptlab.bench.Load;
import dev.promptlab.bench.Pgbench;
import dev.promptlab.job.BenchQueue.Size;

/// How many jobs a second one worker ends: from its start with all jobs queued, with a provider that answers at once and one
/// that takes 20 ms, and while 32 submitters bring the jobs; beside the least work that a queue in tables does, by pgbench.
final class DrainMeasure implements QueueMeasure {
    static final String DRAIN = "drain, provider of 0 ms, jobs/s";
    static final String DRAIN_20 = "drain, provider of 20 ms, jobs/s";
    static final String MIXED = "enqueue and drain together, jobs/s";
    private static final String CEILING = "pgbench, three commits for 100 rows, rows/s";
    private static final String POSSIBLE = "drain, what 20 ms and the slots allow, jobs/s";

    private static final int WORKSPACES = 50;
    private static final int LANES = 4;
    private static final int SUBMITTERS = 32;
    private static final int BATCH_ENTRIES = 256;
    private static final Duration LATENCY = Duration.ofMillis(20);

    private final BenchPostgres postgres;
    private final Size size;
    private final int count;
    private final Duration ceilingDuration;
    private int ceilingClients = 4;

    /// @param jvmMicros CPU time a job; likewise `postgresMicros`
    private record Drained(double rate, double jvmMicros, double postgresMicros) {}

    DrainMeasure(BenchPostgres postgres, Size size, int count, Duration ceilingDuration) {
        this.postgres = postgres;
        this.size = size;
        this.count = count;
        this.ceilingDuration = ceilingDuration;
    }

    static void bars(Figures figures) {
        figures.bar(DRAIN, Bar.atLeast(0.5, CEILING));
        figures.bar(DRAIN_20, Bar.atLeast(0.5, POSSIBLE));
    }

    /// Also finds the number of clients that the ceiling is highest with.
    @Override
    public void prepare(Figures figures) throws Exception {
        round(figures);
        double best = 0;
        for (int clients : List.of(1, 2, 4, 8, 16)) {
            double rows = ceiling(clients);
            System.out.printf("    pgbench batches with %d clients: %,.0f rows/s%n", clients, rows);
            if (rows > best) {
                best = rows;
                ceilingClients = clients;
            }
        }
    }

    @Override
    public void round(Figures figures) throws Exception {
        figures.add(CEILING, ceiling(ceilingClients));
        var drained = drain(Duration.ZERO);
        figures.add(DRAIN, drained.rate());
        figures.add("drain, CPU of the JVM, us/job", drained.jvmMicros());
        figures.add("drain, CPU of PostgreSQL, us/job", drained.postgresMicros());
        figures.add(POSSIBLE, size.concurrency() / (LATENCY.toNanos() / 1e9));
        figures.add(DRAIN_20, drain(LATENCY).rate());
        figures.add(MIXED, mixed());
    }

    private Drained drain(Duration latency) throws InterruptedException {
        try (var queue = new BenchQueue(postgres, size)) {
            var jobs = new BenchJobs(queue.db(), WORKSPACES, LANES);
            Load.times(count, BATCH_ENTRIES, number -> queue.submitWatched(jobs.job(number)));
            var before = postgres.cpuTime();
            long start = System.nanoTime();
            queue.work(BenchQueue.answerAfter(latency));
            double rate = rate(queue, start);
            var after = postgres.cpuTime();
            return new Drained(rate, after.jvmMicrosSince(before) / count, after.postgresMicrosSince(before) / count);
        }
    }

    private double mixed() throws InterruptedException {
        try (var queue = new BenchQueue(postgres, size)) {
            var jobs = new BenchJobs(queue.db(), WORKSPACES, LANES);
            queue.work(BenchQueue.answerAfter(Duration.ZERO));
            long start = System.nanoTime();
            Load.times(count, SUBMITTERS, number -> queue.submitWatched(jobs.job(number)));
            return rate(queue, start);
        }
    }

    private double rate(BenchQueue queue, long start) throws InterruptedException {
        queue.awaitAll();
        double rate = count / ((System.nanoTime() - start) / 1e9);
        queue.check();
        return rate;
    }

    private double ceiling(int clients) throws Exception {
        var database = postgres.createEmpty();
        try {
            return Pgbench.batches(database, BenchText.of(1), BenchText.of(2), clients, ceilingDuration)
                    .orElse(Double.NaN);
        } finally {
            postgres.drop(database);
        }
    }

    /// Ends of jobs a second for each number of jobs in flight.
    record Concurrency(BenchPostgres postgres, int connections, int count) implements QueueMeasure {
        @Override
        public void round(Figures figures) throws Exception {
            for (int jobs : List.of(25, 50, 100, 200, 400)) {
                var one = new DrainMeasure(postgres, new Size(connections, jobs), count, Duration.ZERO);
                figures.add("drain with %d jobs in flight, jobs/s".formatted(jobs), one.drain(Duration.ZERO).rate());
            }
        }
    }
}
