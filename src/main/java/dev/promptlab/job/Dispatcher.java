package dev.promptlab.job;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import dev.promptlab.config.Settings;
import dev.promptlab.db.Wakeup;
import dev.promptlab.job.QueueStore.ClaimRules;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Claims due jobs while there are free slots and starts a virtual thread for each. One claimer a process: batches form by
/// themselves while a claim is under way.
final class Dispatcher {
    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);
    private static final int MAX_CLAIM = 256;
    private static final int MAX_PROMOTE = 1_000;
    /// Between two claims while jobs trickle in: a claim costs about as much for one job as for ten.
    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final Duration SETTLE_PATIENCE = Duration.ofSeconds(5);

    private final QueueStore queue;
    private final Worker worker;
    private final Running running;
    private final Wakeup wakeup;
    private final Wakeup told;
    private final ClaimRules rules;
    private final Duration pollInterval;
    private final QueueMetrics metrics;
    private final Semaphore slots;
    private final int concurrency;
    private final Thread thread;
    private volatile boolean stopping;

    private Dispatcher(QueueStore queue, Worker worker, Running running, Signals signals, String workerId,
            Settings.Worker settings, QueueMetrics metrics) {
        this.queue = queue;
        this.worker = worker;
        this.running = running;
        this.wakeup = signals.queued();
        this.told = signals.told();
        this.rules = new ClaimRules(workerId, settings.lease(), settings.laneConcurrency());
        this.pollInterval = settings.pollInterval();
        this.concurrency = settings.concurrency();
        this.slots = new Semaphore(concurrency);
        this.metrics = metrics;
        this.thread = Thread.ofVirtual().name("dispatcher").unstarted(this::run);
    }

    static Dispatcher start(QueueStore queue, Worker worker, Running running, Signals signals, String workerId,
            Settings.Worker settings, QueueMetrics metrics) {
        var dispatcher = new Dispatcher(queue, worker, running, signals, workerId, settings, metrics);
        dispatcher.thread.start();
        return dispatcher;
    }

    private void run() {
        try {
            boolean busy = false;
            while (!stopping) {
                if (!aSlotIsFree()) {
                    continue;
                }
                if (busy) {
                    gatherSlots();
                }
                int wanted = Math.min(slots.availablePermits(), MAX_CLAIM);
                int found = claim(wanted);
                if (found == 0) {
                    // Nothing right after something, or after a ring: perhaps another process held the lane for a moment.
                    busy = wakeup.await(busy ? PAUSE : untilNextLook());
                } else {
                    busy = true;
                    if (found < wanted) {
                        Thread.sleep(PAUSE); // what comes meanwhile is claimed together
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does; the thread ends
        }
    }

    private boolean aSlotIsFree() throws InterruptedException {
        boolean free = slots.tryAcquire(pollInterval.toNanos(), TimeUnit.NANOSECONDS);
        if (free) {
            slots.release();
        }
        return free && !stopping;
    }

    /// While there is more to do than slots, a claim is worth its cost when it fills many of them.
    private void gatherSlots() throws InterruptedException {
        int many = Math.max(1, concurrency / 2);
        if (slots.tryAcquire(many, PAUSE.toNanos(), TimeUnit.NANOSECONDS)) {
            slots.release(many);
        }
    }

    private int claim(int wanted) throws InterruptedException {
        try {
            queue.promote(MAX_PROMOTE);
            long beganAt = System.nanoTime();
            long leaseEnd = beganAt + rules.lease().toNanos();
            var jobs = queue.claim(rules, wanted);
            metrics.claimed(jobs.size(), System.nanoTime() - beganAt);
            if (stopping) {
                queue.release(jobs.stream().map(ClaimedJob::hold).toList());
                return 0;
            }
            jobs.forEach(job -> begin(job, leaseEnd));
            if (!jobs.isEmpty()) {
                told.raise();
            }
            return jobs.size();
        } catch (RuntimeException e) {
            log.warn("no jobs can be claimed at the moment: {}", e.getMessage());
            wakeup.await(pollInterval);
            return 0;
        }
    }

    private void begin(ClaimedJob job, long leaseEnd) {
        slots.acquireUninterruptibly();
        var slot = running.add(job, leaseEnd);
        Thread.ofVirtual().name("job-" + job.jobId()).start(() -> {
            try {
                worker.work(slot);
            } finally {
                running.remove(slot);
                slots.release();
                wakeup.ring(); // its lane may have been full, or its next attempt be the next thing that is due
            }
        });
    }

    /// Until the next job may start, at most the poll interval.
    private Duration untilNextLook() {
        try {
            return queue.untilNextDue(rules.laneCap()).filter(due -> due.compareTo(pollInterval) < 0)
                    .orElse(pollInterval);
        } catch (RuntimeException e) {
            return pollInterval; // the next claim says what is wrong
        }
    }

    /// Whether it goes on claiming.
    boolean isRunning() {
        return thread.isAlive() && !stopping;
    }

    /// Claims no more, lets the jobs in work finish for at most `patience`, then cuts their calls and gives them back.
    void stop(Duration patience) throws InterruptedException {
        if (stopping) {
            return;
        }
        stopping = true;
        wakeup.ring();
        thread.join();
        if (!slots.tryAcquire(concurrency, patience.toNanos(), TimeUnit.NANOSECONDS)) {
            running.all().forEach(slot -> slot.cut(Running.Cut.STOPPING));
            if (!slots.tryAcquire(concurrency, SETTLE_PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
                log.warn("jobs still in work are left behind; others take them back when their leases end");
            }
        }
    }
}
