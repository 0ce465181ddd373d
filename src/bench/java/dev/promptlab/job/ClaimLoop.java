package dev.promptlab.job;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import dev.promptlab.config.Settings;
import dev.promptlab.db.Database;
import dev.promptlab.job.QueueStore.ClaimRules;
import dev.promptlab.provider.BenchProviders;
import dev.promptlab.provider.PriceTable;
import dev.promptlab.provider.Providers;
import dev.promptlab.telemetry.Metrics;

/// Claims and works as the [Dispatcher] does while jobs trickle in, and takes the time of each claim.
final class ClaimLoop implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(5);

    /// @param at by `System.nanoTime()`
    record Claim(long at, double millis, int jobs) {}

    private final Queue<Claim> claims = new ConcurrentLinkedQueue<>();
    private final QueueStore queue;
    private final Providers providers = BenchProviders.of(BenchQueue.answerAfter(Duration.ZERO));
    private final LaneFeedback lanes;
    private final Worker worker;
    private final ClaimRules rules;
    private final int wanted;
    private final Running running = new Running();
    private final Thread thread = Thread.ofVirtual().unstarted(this::run);
    private volatile boolean stopping;

    private ClaimLoop(Database db, Signals signals, Settings settings) {
        this.queue = new QueueStore(db);
        this.lanes = new LaneFeedback(db, settings.worker().laneConcurrency(), signals.queued());
        this.worker = new Worker(db, queue, providers, new Costs(PriceTable.load()),
                new RetryPolicy(settings.providers().backoff()), settings.providers().timeout(), signals.ended(),
                lanes, new QueueMetrics(Metrics.create().registry()));
        this.rules = new ClaimRules("bench", settings.worker().lease(), settings.worker().laneConcurrency());
        this.wanted = settings.worker().concurrency();
    }

    static ClaimLoop start(Database db, Signals signals, Settings settings) {
        var loop = new ClaimLoop(db, signals, settings);
        loop.thread.start();
        return loop;
    }

    private void run() {
        try {
            while (!stopping) {
                claim();
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void claim() {
        queue.promote(wanted);
        long start = System.nanoTime();
        var jobs = queue.claim(rules, wanted);
        claims.add(new Claim(start, (System.nanoTime() - start) / 1e6, jobs.size()));
        long leaseEnd = start + rules.lease().toNanos();
        jobs.forEach(job -> Thread.ofVirtual().start(() -> worker.work(running.add(job, leaseEnd))));
    }

    /// Those that found something, between two times.
    List<Claim> claims(long from, long to) {
        return claims.stream().filter(claim -> claim.jobs() > 0 && claim.at() >= from && claim.at() < to).toList();
    }

    @Override
    public void close() {
        stopping = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        worker.close();
        lanes.close();
        providers.close();
    }
}
