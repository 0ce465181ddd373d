package dev.promptlab.job;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.promptlab.bench.BenchPostgres;
import dev.promptlab.bench.BenchText;
import dev.promptlab.bench.Figures;
import dev.promptlab.bench.Figures.Bar;
import dev.promptlab.bench.Latencies;
import dev.promptlab.bench.Load;
import dev.promptlab.db.Hints;
import dev.promptlab.job.BenchQueue.Size;

/// How long a job waits on an idle system, one every 20 ms: from before its submit until the provider is called. In one
/// process; with the worker in another one that hears hints; and with one that hears none and polls each second.
record PickUpMeasure(BenchPostgres postgres, Duration duration) implements QueueMeasure {
    static final String HERE = "pick-up in one process, %s, ms";
    private static final String THERE = "pick-up across two processes, %s, ms";
    private static final String DEAF = "pick-up with every hint lost, %s, ms";
    private static final double POLL_MILLIS = 1_000;
    private static final Duration PAUSE = Duration.ofMillis(20);
    /// Jobs at full speed before, so that compiled code is measured. Their numbers come after those that count.
    private static final int WARM_UP = 3_000;
    private static final long WARM_UP_NUMBERS = 1_000_000_000;

    static void bars(Figures figures) {
        figures.bar(HERE.formatted("p50"), Bar.atMost(3));
        figures.bar(HERE.formatted("p99"), Bar.atMost(15));
        figures.bar(THERE.formatted("p50"), Bar.atMost(7));
        figures.bar(THERE.formatted("p99"), Bar.atMost(40));
        figures.bar(DEAF.formatted("p99"), Bar.atMost(POLL_MILLIS * 1.05));
    }

    @Override
    public void round(Figures figures) throws Exception {
        inOneProcess(figures);
        inTwo(figures, THERE, true);
        inTwo(figures, DEAF, false);
    }

    private void inOneProcess(Figures figures) throws InterruptedException {
        var begun = new ConcurrentHashMap<Long, Long>();
        try (var queue = new BenchQueue(postgres, Size.PRODUCT)) {
            queue.work(prompt -> {
                begun.put(BenchText.number(prompt), System.nanoTime());
                return prompt;
            });
            var jobs = new BenchJobs(queue.db(), 1, 1);
            warmUp(queue, jobs);
            queue.awaitAll();
            var submitted = trickle(queue, jobs);
            queue.awaitAll();
            report(figures, HERE, submitted, begun);
        }
    }

    private void inTwo(Figures figures, String name, boolean hinted) throws InterruptedException, IOException {
        try (var queue = new BenchQueue(postgres, Size.PRODUCT);
                var hints = Hints.start(queue.db(), queue.url(), Map.of());
                var worker = BenchWorkerProcess.start(queue.url(), hinted)) {
            if (hinted) {
                queue.signals().queued().onRaise(() -> hints.send(BenchWorker.CHANNEL));
            }
            var jobs = new BenchJobs(queue.db(), 1, 1);
            warmUp(queue, jobs);
            queue.awaitEmpty(jobs);
            var submitted = trickle(queue, jobs);
            queue.awaitEmpty(jobs);
            report(figures, name, submitted, worker.stop());
        }
    }

    private static void warmUp(BenchQueue queue, BenchJobs jobs) {
        Load.times(WARM_UP, 32, number -> queue.submitWatched(jobs.job(WARM_UP_NUMBERS + number)));
    }

    /// @return when each was about to be submitted, by number
    private Map<Long, Long> trickle(BenchQueue queue, BenchJobs jobs) throws InterruptedException {
        var submitted = new ConcurrentHashMap<Long, Long>();
        long start = System.nanoTime();
        for (long number = 0; number * PAUSE.toNanos() < duration.toNanos(); number++) {
            var job = jobs.job(number);
            Thread.sleep(Duration.ofNanos(Math.max(0, start + number * PAUSE.toNanos() - System.nanoTime())));
            submitted.put(number, System.nanoTime());
            queue.submitWatched(job);
        }
        return submitted;
    }

    private static void report(Figures figures, String name, Map<Long, Long> submitted, Map<Long, Long> begun) {
        figures.add(name.formatted("p50"), Latencies.percentile(submitted, begun, 0.5));
        figures.add(name.formatted("p99"), Latencies.percentile(submitted, begun, 0.99));
    }
}
