package dev.promptlab.job;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.DoubleStream;

import dev.promptlab.bench.BenchPostgres;
import dev.promptlab.bench.Figures;
import dev.promptlab.bench.Figures.Bar;
import dev.promptlab.bench.Load;
import dev.promptlab.job.BenchQueue.Size;

/// How long a workspace with 20 jobs waits for all of them while another has 100,000 queued in the same lane, beside the
/// same on an empty system.
final class FairnessMeasure implements QueueMeasure {
    private static final String ALONE = "20 jobs on an empty system, provider of %d ms, ms";
    private static final String BEHIND = "20 jobs behind 100,000 of another workspace, provider of %d ms, ms";
    private static final Duration[] LATENCIES = {Duration.ofMillis(20), Duration.ZERO};
    private static final int CROWD = 100_000;
    private static final int JOBS = 20;
    private static final int TIMES = 15;
    private static final int SUBMITTERS = 256;
    private static final int WARM_UP = 3_000;

    private final BenchPostgres postgres;
    private final AtomicReference<Duration> latency = new AtomicReference<>(Duration.ZERO);
    private long number;

    FairnessMeasure(BenchPostgres postgres) {
        this.postgres = postgres;
    }

    static void bars(Figures figures) {
        for (var latency : LATENCIES) {
            figures.bar(BEHIND.formatted(latency.toMillis()), Bar.atMost(3, ALONE.formatted(latency.toMillis())));
        }
    }

    @Override
    public void round(Figures figures) throws InterruptedException {
        measure(figures, ALONE, WARM_UP);
        measure(figures, BEHIND, CROWD);
    }

    private void measure(Figures figures, String name, int crowd) throws InterruptedException {
        try (var queue = new BenchQueue(postgres, Size.PRODUCT)) {
            var jobs = new BenchJobs(queue.db(), 1, 1);
            Load.times(crowd, SUBMITTERS, i -> queue.submitter().submit(jobs.job(next()), Reuse.ANY));
            queue.work(prompt -> BenchQueue.answerAfter(latency.get()).answer(prompt));
            if (crowd < CROWD) {
                queue.awaitEmpty(jobs);
            }
            for (var one : LATENCIES) {
                latency.set(one);
                figures.add(name.formatted(one.toMillis()), median(queue, jobs));
            }
        }
    }

    private double median(BenchQueue queue, BenchJobs jobs) throws InterruptedException {
        var times = DoubleStream.builder();
        for (int i = 0; i < TIMES; i++) {
            times.add(once(queue, jobs));
        }
        return times.build().sorted().skip(TIMES / 2).findFirst().orElseThrow();
    }

    private double once(BenchQueue queue, BenchJobs jobs) throws InterruptedException {
        var workspace = UUID.randomUUID();
        long start = System.nanoTime();
        Load.times(JOBS, JOBS, _ -> queue.submitWatched(jobs.job(next(), workspace)));
        queue.awaitAll();
        return (System.nanoTime() - start) / 1e6;
    }

    private synchronized long next() {
        return number++;
    }
}
