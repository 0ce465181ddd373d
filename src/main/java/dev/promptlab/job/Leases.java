package dev.promptlab.job;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.promptlab.config.Settings;
import dev.promptlab.db.Database;
import dev.promptlab.job.QueueStore.Settlement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Prolongs the leases of this process's jobs, and takes back the jobs whose worker - of any process - let its lease pass.
final class Leases implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Leases.class);
    private static final int SWEEP_BATCH = 100;
    private static final Duration PRUNE_PAUSE = Duration.ofHours(1);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

    private final Database db;
    private final QueueStore queue;
    private final Running running;
    private final RetryPolicy policy;
    private final Wakeup wakeup;
    private final Endings endings;
    private final Duration lease;
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2,
            Thread.ofVirtual().name("leases").factory());

    private Leases(Database db, QueueStore queue, Running running, RetryPolicy policy, Wakeup wakeup, Endings endings,
            Duration lease) {
        this.db = db;
        this.queue = queue;
        this.running = running;
        this.policy = policy;
        this.wakeup = wakeup;
        this.endings = endings;
        this.lease = lease;
    }

    static Leases start(Database db, QueueStore queue, Running running, RetryPolicy policy, Wakeup wakeup,
            Endings endings, Settings.Worker settings) {
        var leases = new Leases(db, queue, running, policy, wakeup, endings, settings.lease());
        leases.every(settings.heartbeat(), "heartbeat", leases::heartbeat);
        leases.every(settings.sweep(), "sweep", leases::sweep);
        leases.every(PRUNE_PAUSE, "removal of old idempotency keys", leases::prune);
        return leases;
    }

    private void every(Duration pause, String what, Runnable task) {
        var _ = clock.scheduleWithFixedDelay(() -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                log.warn("{} failed and is tried again in {}: {}", what, pause, e.getMessage());
            }
        }, pause.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void heartbeat() {
        var slots = List.copyOf(running.all());
        if (slots.isEmpty()) {
            return;
        }
        var held = queue.heartbeat(slots.stream().map(slot -> slot.job().hold()).toList(), lease);
        for (var slot : slots) {
            var cancel = held.get(slot.job().jobId());
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
        while (takeBack() == SWEEP_BATCH) {
            // there may be more
        }
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
        endings.ended(settlements.stream().map(settlement -> settlement.hold().jobId()).toList());
        if (!settlements.isEmpty()) {
            wakeup.raise();
        }
        return settlements.size();
    }

    private void prune() {
        db.autocommit(IdempotencyStore::prune);
    }

    @Override
    public void close() {
        clock.shutdown();
        try {
            clock.awaitTermination(STOP_PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
