package dev.promptlab.job;

import java.time.Duration;
import java.util.List;

import dev.promptlab.config.Settings;
import dev.promptlab.db.Database;
import dev.promptlab.db.Rounds;
import dev.promptlab.job.QueueStore.Settlement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Prolongs the leases of this process's jobs, and takes back the jobs whose worker - of any process - let its lease pass.
final class Leases implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Leases.class);
    private static final int SWEEP_BATCH = 100;

    private final Database db;
    private final QueueStore queue;
    private final Running running;
    private final RetryPolicy policy;
    private final Signals signals;
    private final Duration lease;
    private final QueueMetrics metrics;
    private final Rounds rounds = new Rounds("leases", 2);

    private Leases(Database db, QueueStore queue, Running running, RetryPolicy policy, Signals signals,
            Duration lease, QueueMetrics metrics) {
        this.db = db;
        this.queue = queue;
        this.running = running;
        this.policy = policy;
        this.signals = signals;
        this.lease = lease;
        this.metrics = metrics;
    }

    static Leases start(Database db, QueueStore queue, Running running, RetryPolicy policy, Signals signals,
            Settings.Worker settings, QueueMetrics metrics) {
        var leases = new Leases(db, queue, running, policy, signals, settings.lease(), metrics);
        leases.rounds.run(() -> leases.beat(settings.heartbeat()));
        leases.rounds.every(settings.sweep(), "sweep", leases::sweep);
        return leases;
    }

    /// A heartbeat also tells which jobs are to be cancelled, so a wish to cancel brings one forward.
    private void beat(Duration pause) {
        try {
            while (!rounds.isClosed()) {
                signals.cancelled().await(pause);
                Rounds.tryTo("heartbeat", this::heartbeat);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does; the thread ends
        }
    }

    private void heartbeat() {
        var slots = List.copyOf(running.all());
        if (slots.isEmpty()) {
            return;
        }
        long leaseEnd = System.nanoTime() + lease.toNanos();
        var held = queue.heartbeat(slots.stream().map(slot -> slot.job().hold()).toList(), lease);
        for (var slot : slots) {
            var cancel = held.get(slot.job().jobId());
            if (cancel != null) {
                slot.prolong(leaseEnd);
            }
            if (cancel == null && slot.isCalling()) {
                log.warn("job {} epoch {}: the lease is lost; its call is cut", slot.job().jobId(),
                        slot.job().epoch());
                slot.cut(Running.Cut.LOST);
            } else if (Boolean.TRUE.equals(cancel)) {
                slot.cut(Running.Cut.CANCELLED);
            }
        }
    }

    private void sweep() {
        while (takeBack() == SWEEP_BATCH || expire() == SWEEP_BATCH) {
            // there may be more
        }
    }

    private int expire() {
        var expired = db.transaction(tx -> CancelStore.expire(tx, SWEEP_BATCH));
        signals.ended().ended(expired);
        return expired.size();
    }

    private int takeBack() {
        var settlements = db.transaction(tx -> {
            var decided = queue.lockExpired(tx, SWEEP_BATCH).stream()
                    .map(expired -> new Settlement(expired.hold(), policy.afterLostLease(expired))).toList();
            queue.settle(tx, decided);
            return decided;
        });
        for (var settlement : settlements) {
            log.warn("job {} epoch {}: the lease passed without an outcome; taken back", settlement.hold().jobId(),
                    settlement.hold().epoch());
        }
        metrics.leasesExpired(settlements.size());
        signals.ended().ended(settlements.stream().map(settlement -> settlement.hold().jobId()).toList());
        if (!settlements.isEmpty()) {
            signals.queued().raise();
        }
        return settlements.size();
    }

    @Override
    public void close() {
        rounds.stop();
        signals.cancelled().ring();
        rounds.close();
    }
}
