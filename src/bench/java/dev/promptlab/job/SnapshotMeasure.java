package dev.promptlab.job;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import dev.promptlab.bench.BenchPostgres;
import dev.promptlab.bench.Figures;
import dev.promptlab.bench.Figures.Bar;
import dev.promptlab.bench.HeldSnapshot;
import dev.promptlab.job.BenchQueue.Size;
import dev.promptlab.job.ClaimLoop.Claim;

/// How the claim bears a transaction that another session holds open, at 200 jobs a second: half of the claims and 95 % of them take at most so
/// long, before and in each sixth of the time that the snapshot is held.
record SnapshotMeasure(BenchPostgres postgres, Duration held) implements QueueMeasure {
    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final Duration WARM_UP = Duration.ofSeconds(15);
    private static final Duration BASELINE = Duration.ofSeconds(15);
    private static final int PARTS = 6;
    private static final String BEFORE = "before";
    private static final String AFTER = "15 s after its end";
    private static final List<Integer> PERCENTILES = List.of(50, 95);

    private String during(int part) {
        return "snapshot held, part %d of %d of %d s".formatted(part, PARTS, held.toSeconds());
    }

    private void bars(Figures figures) {
        for (int percentile : PERCENTILES) {
            var before = Bar.beside(figure(BEFORE, percentile));
            IntStream.rangeClosed(1, PARTS).forEach(part -> figures.bar(figure(during(part), percentile), before));
            figures.bar(figure(AFTER, percentile), before);
        }
    }

    /// It warms up itself.
    @Override
    public void prepare(Figures figures) {
        bars(figures);
    }

    @Override
    public void round(Figures figures) throws Exception {
        try (var queue = new BenchQueue(postgres, Size.PRODUCT);
                var loop = ClaimLoop.start(queue.work(), queue.signals(), BenchQueue.settings(Size.PRODUCT))) {
            var jobs = new BenchJobs(queue.db(), 50, 4);
            long number = trickle(queue, jobs, 0, WARM_UP);
            long start = System.nanoTime();
            number = trickle(queue, jobs, number, BASELINE);
            long taken = System.nanoTime();
            report(figures, BEFORE, loop.claims(start, taken));
            try (var _ = HeldSnapshot.take(queue.url())) {
                for (int part = 1; part <= PARTS; part++) {
                    long from = System.nanoTime();
                    number = trickle(queue, jobs, number, held.dividedBy(PARTS));
                    report(figures, during(part), loop.claims(from, Long.MAX_VALUE));
                }
            }
            number = trickle(queue, jobs, number, BASELINE);
            long after = System.nanoTime();
            trickle(queue, jobs, number, BASELINE);
            report(figures, AFTER, loop.claims(after, Long.MAX_VALUE));
            queue.awaitEmpty(jobs);
        }
    }

    /// @return the number of the next job
    private static long trickle(BenchQueue queue, BenchJobs jobs, long first, Duration duration)
            throws InterruptedException {
        long start = System.nanoTime();
        long count = duration.toNanos() / PAUSE.toNanos();
        for (long i = 0; i < count; i++) {
            Thread.sleep(Duration.ofNanos(Math.max(0, start + i * PAUSE.toNanos() - System.nanoTime())));
            var job = jobs.job(first + i);
            Thread.ofVirtual().start(() -> submit(queue, job));
        }
        return first + count;
    }

    private static void submit(BenchQueue queue, NewJob job) {
        try {
            queue.submitter().submit(job, Reuse.ANY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void report(Figures figures, String when, List<Claim> claims) {
        var sorted = claims.stream().mapToDouble(Claim::millis).sorted().toArray();
        for (int percentile : PERCENTILES) {
            figures.add(figure(when, percentile), sorted[sorted.length * percentile / 100]);
        }
    }

    private static String figure(String when, int percentile) {
        return "claim at 200 jobs/s, %s, p%d, ms".formatted(when, percentile);
    }
}
