package dev.promptlab.job;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

import dev.promptlab.config.Settings;
import dev.promptlab.db.Database;
import dev.promptlab.job.history.Rollup;
import dev.promptlab.provider.PriceTable;
import dev.promptlab.provider.ProviderSource;
import dev.promptlab.telemetry.Metrics;

/// Everything of this process that works the queue: claims, calls, settles, keeps leases, sweeps, tidies.
public final class WorkerPool implements AutoCloseable {
    private final Dispatcher dispatcher;
    private final Leases leases;
    private final Worker worker;
    private final LaneFeedback lanes;
    private final Housekeeping housekeeping;
    private final Rollup rollup;
    private final Duration drainTimeout;

    private WorkerPool(Dispatcher dispatcher, Leases leases, Worker worker, LaneFeedback lanes,
            Housekeeping housekeeping, Rollup rollup, Duration drainTimeout) {
        this.dispatcher = dispatcher;
        this.leases = leases;
        this.worker = worker;
        this.lanes = lanes;
        this.housekeeping = housekeeping;
        this.rollup = rollup;
        this.drainTimeout = drainTimeout;
    }

    /// @param owner may end sessions that slow every claim
    public static WorkerPool start(Database db, Database owner, ProviderSource providers, PriceTable prices,
            Signals signals, Settings settings, Metrics figures) {
        var queue = new QueueStore(db);
        var running = new Running();
        var metrics = new QueueMetrics(figures.registry());
        metrics.watch(running.all(), settings.worker().concurrency());
        figures.onRead(new QueueLevels(db, figures.registry())::look);
        var policy = new RetryPolicy(settings.providers().backoff());
        var lanes = new LaneFeedback(db, settings.worker().laneConcurrency(), signals.queued());
        var worker = new Worker(db, queue, providers, new Costs(prices), policy, settings.providers().timeout(),
                signals, lanes, metrics);
        var leases = Leases.start(db, queue, running, policy, signals, settings.worker(), metrics);
        var dispatcher = Dispatcher.start(queue, worker, running, signals, workerId(), settings.worker(),
                metrics);
        var housekeeping = Housekeeping.start(db, owner, settings.retention(), settings.snapshotLimit());
        return new WorkerPool(dispatcher, leases, worker, lanes, housekeeping, Rollup.start(db, owner),
                settings.drainTimeout());
    }

    /// Host, process, and a random part: no later process may be taken for this one.
    private static String workerId() {
        var random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        return hostName() + "-" + ProcessHandle.current().pid() + "-" + random;
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown-host";
        }
    }

    /// Whether it goes on claiming.
    public boolean isWorking() {
        return dispatcher.isRunning();
    }

    /// Stops claiming, finishes what is in work within the drain time, gives back the rest.
    @Override
    public void close() {
        try {
            dispatcher.stop(drainTimeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        housekeeping.close();
        rollup.close();
        leases.close();
        worker.close();
        lanes.close();
    }
}
