package dev.promptlab.job;

import java.time.Duration;

import dev.promptlab.bench.BenchPostgres;
import dev.promptlab.bench.BenchText;
import dev.promptlab.bench.Figures;
import dev.promptlab.bench.Figures.Bar;
import dev.promptlab.bench.Load;
import dev.promptlab.bench.Pgbench;
import dev.promptlab.job.BenchQueue.Size;

/// How many jobs a second are accepted while nobody works: each in its own commit, sharing commits with 32 others, and as the
/// entries of a large batch do; beside pgbench's inserts of one row of the same size.
record EnqueueMeasure(BenchPostgres postgres, Duration duration) implements QueueMeasure {
    private static final int SUBMITTERS = 32;
    /// A connection for each submitter, as pgbench has one for each client.
    private static final Size SIZE = new Size(SUBMITTERS, Size.PRODUCT.concurrency());
    private static final int BATCH_ENTRIES = 256;
    /// Until every session has its statements prepared. Their numbers come after those that count.
    private static final int WARM_UP = 1_000;
    private static final long WARM_UP_NUMBERS = 1_000_000_000;
    private static final String SINGLE = "enqueue, a commit each, jobs/s";
    private static final String SHARED = "enqueue, shared commits, jobs/s";
    private static final String BATCH = "enqueue, entries of a batch, jobs/s";
    private static final String CEILING = "pgbench inserts, 32 clients, rows/s";
    /// Makes the submitter use a transaction of its own, as a request with `maxAge` does.
    private static final Reuse ALONE = new Reuse(false, Duration.ofDays(1));

    static void bars(Figures figures) {
        figures.bar(SINGLE, Bar.atLeast(0.5, CEILING));
        figures.bar(SHARED, Bar.atLeast(1.2, CEILING));
    }

    @Override
    public void round(Figures figures) throws Exception {
        figures.add(CEILING, ceiling());
        figures.add(SINGLE, enqueue(SUBMITTERS, ALONE));
        figures.add(SHARED, enqueue(SUBMITTERS, Reuse.ANY));
        figures.add(BATCH, enqueue(BATCH_ENTRIES, Reuse.ANY));
    }

    private double enqueue(int submitters, Reuse reuse) {
        try (var queue = new BenchQueue(postgres, SIZE)) {
            var jobs = new BenchJobs(queue.db(), 50, 4);
            Load.times(WARM_UP, submitters,
                    number -> queue.submitter().submit(jobs.job(WARM_UP_NUMBERS + number), reuse));
            return Load.during(duration, submitters, number -> queue.submitter().submit(jobs.job(number), reuse));
        }
    }

    private double ceiling() throws Exception {
        var database = postgres.createEmpty();
        try {
            return Pgbench.inserts(database, BenchText.of(1), SUBMITTERS, duration).orElse(Double.NaN);
        } finally {
            postgres.drop(database);
        }
    }
}
