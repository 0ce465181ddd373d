package dev.promptlab.job;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.promptlab.bench.BenchPostgres;
import dev.promptlab.bench.BullMq;
import dev.promptlab.bench.DbScheduler;
import dev.promptlab.bench.Figures;
import dev.promptlab.bench.Figures.Bar;
import dev.promptlab.bench.Redis;

/// Other queues under the same loads: BullMQ on Redis that writes to disk always or every second, and db-scheduler on our
/// PostgreSQL. Each with as much concurrency as it is fastest with, found during the warm-up.
final class PeersMeasure implements QueueMeasure {
    private static final String BULL_DRAIN = "BullMQ, fsync %s: drain, provider of %d ms, jobs/s";
    private static final String BULL_MIXED = "BullMQ, fsync %s: enqueue and drain together, jobs/s";
    private static final String BULL_PICK_UP = "BullMQ, fsync %s: pick-up in one process, %s, ms";
    private static final String SCHEDULER = "db-scheduler: drain, provider of %d ms, jobs/s";
    private static final String ALWAYS = "always";
    private static final String EVERY_SECOND = "everysec";
    private static final int LATENCY = 20;
    private static final int PICK_UPS = 500;
    private static final int SAMPLE = 5_000;

    private final BenchPostgres postgres;
    private final int count;
    private final Map<Integer, Integer> bullConcurrency = new LinkedHashMap<>();
    private final Map<Integer, Integer> schedulerThreads = new LinkedHashMap<>();
    private boolean bullIsThere;

    PeersMeasure(BenchPostgres postgres, int count) {
        this.postgres = postgres;
        this.count = count;
    }

    static void bars(Figures figures) {
        figures.bar(DrainMeasure.DRAIN, Bar.atLeast(2, BULL_DRAIN.formatted(ALWAYS, 0)));
        figures.bar(DrainMeasure.DRAIN, Bar.atLeast(1, BULL_DRAIN.formatted(EVERY_SECOND, 0)));
        figures.bar(DrainMeasure.DRAIN, Bar.atLeast(2, SCHEDULER.formatted(0)));
        figures.bar(DrainMeasure.MIXED, Bar.atLeast(1.5, BULL_MIXED.formatted(EVERY_SECOND)));
        figures.bar(DrainMeasure.DRAIN_20, Bar.beside(BULL_DRAIN.formatted(EVERY_SECOND, LATENCY)));
        figures.bar(DrainMeasure.DRAIN_20, Bar.beside(SCHEDULER.formatted(LATENCY)));
        for (var percentile : List.of("p50", "p99")) {
            figures.bar(PickUpMeasure.HERE.formatted(percentile),
                    Bar.beside(BULL_PICK_UP.formatted(EVERY_SECOND, percentile)));
        }
    }

    @Override
    public void prepare(Figures figures) throws Exception {
        bullIsThere = isBullThere();
        for (int latency : List.of(0, LATENCY)) {
            if (bullIsThere) {
                bullConcurrency.put(latency, best("BullMQ", latency, List.of(50, 100, 200, 400),
                        concurrency -> bull(EVERY_SECOND, "drain", SAMPLE, concurrency, latency)[0]));
            }
            schedulerThreads.put(latency, best("db-scheduler", latency, List.of(8, 16, 32, 50),
                    threads -> scheduler(SAMPLE, threads, latency)));
        }
    }

    private static boolean isBullThere() {
        if (!Redis.isThere()) {
            System.out.println("BullMQ is left out: there is no redis-server");
            return false;
        }
        try {
            BullMq.install();
            return true;
        } catch (IOException e) {
            System.out.println("BullMQ is left out: " + e.getMessage());
            return false;
        }
    }

    private interface Rate {
        double at(int concurrency) throws Exception;
    }

    private static int best(String peer, int latency, List<Integer> candidates, Rate rate) throws Exception {
        int best = 0;
        double most = 0;
        for (int candidate : candidates) {
            double jobs = rate.at(candidate);
            System.out.printf("    %s, provider of %d ms, concurrency %d: %,.0f jobs/s%n", peer, latency, candidate,
                    jobs);
            if (jobs > most) {
                most = jobs;
                best = candidate;
            }
        }
        return best;
    }

    @Override
    public void round(Figures figures) throws Exception {
        for (int latency : List.of(0, LATENCY)) {
            figures.add(SCHEDULER.formatted(latency),
                    scheduler(count, schedulerThreads.getOrDefault(latency, 1), latency));
        }
        if (bullIsThere) {
            bull(figures, EVERY_SECOND);
            bull(figures, ALWAYS);
        }
    }

    private void bull(Figures figures, String fsync) throws IOException {
        int concurrency = bullConcurrency.getOrDefault(0, 1);
        figures.add(BULL_DRAIN.formatted(fsync, 0), bull(fsync, "drain", count, concurrency, 0)[0]);
        figures.add(BULL_DRAIN.formatted(fsync, LATENCY),
                bull(fsync, "drain", count, bullConcurrency.getOrDefault(LATENCY, 1), LATENCY)[0]);
        figures.add(BULL_MIXED.formatted(fsync), bull(fsync, "mixed", count, concurrency, 0)[0]);
        var pickUp = bull(fsync, "pickup", PICK_UPS, concurrency, 0);
        figures.add(BULL_PICK_UP.formatted(fsync, "p50"), pickUp[0]);
        figures.add(BULL_PICK_UP.formatted(fsync, "p99"), pickUp[1]);
    }

    private static double[] bull(String fsync, Object... arguments) throws IOException {
        try (var redis = Redis.start(fsync)) {
            return BullMq.measure(redis, arguments);
        }
    }

    private double scheduler(int jobs, int threads, int latency) throws Exception {
        var database = postgres.createEmpty();
        try {
            return DbScheduler.drain(database, jobs, threads, Duration.ofMillis(latency));
        } finally {
            postgres.drop(database);
        }
    }
}
