package dev.promptlab.callback;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.callback.Delivery.Result;
import dev.promptlab.db.Database;
import dev.promptlab.db.Wakeup;
import dev.promptlab.egress.PinnedHttp;
import dev.promptlab.web.Json;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the calls that are due. One claimer a process, a virtual thread a call, few calls to one host at a time. A call ends
/// long before its lease, counted from before the claim, so that no other process makes it meanwhile. When a process dies in a
/// call, another makes it after the lease.
public final class Deliverer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Deliverer.class);
    private static final int CALLS = 32;
    private static final int CALLS_PER_HOST = 4;
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final Duration LEASE = DEADLINE.multipliedBy(3);
    /// Between two looks: jobs may end by the thousand a second, most of them without a callback.
    private static final Duration PAUSE = Duration.ofMillis(50);
    /// As `PAUSE`, while calls are under way: each that ends makes room for the next to its host.
    private static final Duration SHORT_PAUSE = Duration.ofMillis(10);

    private final Database db;
    private final PinnedHttp http;
    private final SigningSecrets secrets;
    private final JobSource jobs;
    private final CallPolicy policy;
    private final Clock clock;
    private final Duration pollInterval;
    private final Semaphore slots = new Semaphore(CALLS);
    private final Map<String, Integer> underWay = new ConcurrentHashMap<>();
    private final Wakeup bell = new Wakeup();
    private final Thread thread = Thread.ofVirtual().name("callbacks").unstarted(this::run);
    private volatile boolean stopping;

    private Deliverer(Database db, PinnedHttp http, SigningSecrets secrets, JobSource jobs, List<Duration> waits,
            Duration pollInterval) {
        this.db = db;
        this.http = http;
        this.secrets = secrets;
        this.jobs = jobs;
        this.clock = Clock.systemUTC();
        this.policy = new CallPolicy(waits, clock);
        this.pollInterval = pollInterval;
    }

    /// @param waits before each call that follows one that failed
    /// @param pollInterval longest time a due call waits unseen
    public static Deliverer start(Database db, PinnedHttp http, SigningSecrets secrets, JobSource jobs,
            List<Duration> waits, Duration pollInterval) {
        var deliverer = new Deliverer(db, http, secrets, jobs, waits, pollInterval);
        deliverer.thread.start();
        return deliverer;
    }

    /// Something may be due. Cheap; may be called at any rate.
    public void ring() {
        bell.ring();
    }

    private void run() {
        try {
            while (!stopping) {
                long begin = System.nanoTime();
                if (look() == 0) {
                    bell.await(pollInterval);
                }
                var pause = underWay.isEmpty() ? PAUSE : SHORT_PAUSE;
                TimeUnit.NANOSECONDS.sleep(pause.toNanos() - (System.nanoTime() - begin));
            }
        } catch (InterruptedException e) {
            // close() interrupts
        }
    }

    private int look() throws InterruptedException {
        slots.acquire();
        slots.release();
        long claimedAt = System.nanoTime();
        try {
            var due = db.autocommit(handle -> CallbackStore.claim(handle, slots.availablePermits(), CALLS_PER_HOST,
                    Map.copyOf(underWay), LEASE));
            due.forEach(delivery -> begin(delivery, claimedAt));
            return due.size();
        } catch (RuntimeException e) {
            log.warn("no callbacks can be claimed at the moment: {}", e.getMessage());
            return 0;
        }
    }

    private void begin(Delivery delivery, long claimedAt) {
        slots.acquireUninterruptibly();
        underWay.merge(delivery.host(), 1, Integer::sum);
        Thread.ofVirtual().name("callback-" + delivery.jobId()).start(() -> {
            try {
                deliver(delivery, claimedAt);
            } finally {
                underWay.computeIfPresent(delivery.host(), (_, count) -> count > 1 ? count - 1 : null);
                slots.release();
                ring(); // its host may have had more to do than was allowed
            }
        });
    }

    private void deliver(Delivery delivery, long claimedAt) {
        try {
            var result = call(delivery, claimedAt);
            if (db.autocommit(handle -> CallbackStore.settle(handle, delivery, result))) {
                report(delivery, result);
            } else {
                log.warn("job {}: the result of callback attempt {} came late and was refused", delivery.jobId(),
                        delivery.attempt());
            }
        } catch (InterruptedException e) {
            // the process stops; the call is made again after the lease
        } catch (RuntimeException e) {
            log.warn("the callback of job {} is tried again after its lease: {}", delivery.jobId(), e.getMessage());
        }
    }

    private Result call(Delivery delivery, long claimedAt) throws InterruptedException {
        var job = jobs.findEnded(delivery.workspaceId(), delivery.jobId());
        if (job.isEmpty()) {
            return new Result.GaveUp(null, "the job is gone"); // or queued again: then this claim is no more, and nothing is written
        }
        var body = body(delivery, job.get());
        var left = DEADLINE.minusNanos(System.nanoTime() - claimedAt);
        try {
            return policy.afterAnswer(delivery, http.post(delivery.url(), headers(delivery, body), body, left));
        } catch (IOException e) {
            return policy.afterFailure(delivery, String.valueOf(e.getMessage()));
        }
    }

    /// The same in every call about this end.
    static byte[] body(Delivery delivery, JsonNode job) {
        return Json.bytes(Json.object().put("id", delivery.id().toString())
                .put("event", "job." + job.get("status").textValue())
                .put("at", job.get("finishedAt").textValue()).set("job", job));
    }

    private Map<String, String> headers(Delivery delivery, byte[] body) {
        var headers = new LinkedHashMap<String, String>();
        headers.put("Content-Type", "application/json");
        headers.put("User-Agent", "PromptLab");
        headers.put("X-PromptLab-Delivery", delivery.id().toString());
        headers.put("X-PromptLab-Attempt", Integer.toString(delivery.attempt()));
        headers.put("X-PromptLab-Signature",
                Signature.of(secrets.of(delivery.workspaceId()), clock.instant(), body));
        return headers;
    }

    private static void report(Delivery delivery, Result result) {
        switch (result) {
            case Result.Delivered _ -> log.debug("job {}: callback delivered", delivery.jobId());
            case Result.Again again -> log.info("job {}: callback attempt {} to {} failed ({}); again in {}",
                    delivery.jobId(), delivery.attempt(), delivery.host(), again.error(), again.after());
            case Result.GaveUp gaveUp -> log.warn("job {}: callback to {} given up after {} attempts ({})",
                    delivery.jobId(), delivery.host(), delivery.attempt(), gaveUp.error());
        }
    }

    /// Claims no more and waits for the calls under way, which end by their deadline.
    @Override
    public void close() {
        stopping = true;
        thread.interrupt();
        try {
            thread.join();
            if (!slots.tryAcquire(CALLS, DEADLINE.toNanos(), TimeUnit.NANOSECONDS)) {
                log.warn("callbacks still under way are left behind; they are made again when their leases end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
