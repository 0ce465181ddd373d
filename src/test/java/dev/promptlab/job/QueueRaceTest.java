package dev.promptlab.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import dev.promptlab.db.Database;
import dev.promptlab.job.QueueStore.ClaimRules;
import dev.promptlab.job.QueueStore.Hold;
import dev.promptlab.job.QueueStore.Settlement;
import dev.promptlab.job.TestJobs.Spec;
import dev.promptlab.testing.QueueInvariants;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.workspace.access.Caller;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Claims, settlements, heartbeats, cancellations, retries and sweeps at the same time, with leases so short that workers lose
/// them all the time: the sums are exact, nothing is recorded twice, and no two statements wait for each other in a circle.
class QueueRaceTest {
    private static final int JOBS = 300;
    private static final int WORKERS = 4;
    private static final int CAP = 20;
    private static final Duration LEASE = Duration.ofMillis(25);
    private static final RetryPolicy POLICY = new RetryPolicy(List.of(Duration.ofMillis(1)), () -> 1);

    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger takenBack = new AtomicInteger();
    private final AtomicInteger cancelled = new AtomicInteger();
    private final ConcurrentHashMap<Hold, String> accepted = new ConcurrentHashMap<>();
    private TestDatabase database;
    private Database db;
    private QueueStore queue;
    private TestJobs jobs;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        db = database.db();
        queue = new QueueStore(db);
        jobs = new TestJobs(db);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void racingTransitionsKeepExactSums() throws Exception {
        var ids = new ArrayList<UUID>();
        for (int i = 0; i < JOBS; i++) {
            ids.add(jobs.insert(Spec.of("job " + i).maxAttempts(5).model(i % 2 == 0 ? "echo" : "lorem")));
        }

        var parts = new ArrayList<Callable<Void>>();
        for (int i = 0; i < WORKERS; i++) {
            int seed = i;
            parts.add(() -> whileJobsLive(() -> work(seed)));
        }
        parts.add(() -> whileJobsLive(this::sweep));
        parts.add(() -> whileJobsLive(this::sweep));
        var random = new Random(42);
        parts.add(() -> {
            for (int i = 0; i < JOBS / 3; i++) {
                cancel(ids.get(random.nextInt(JOBS)));
            }
            return null;
        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var part : threads.invokeAll(parts)) {
                part.get();
            }
        }

        var tables = new QueueInvariants(db);
        System.out.println(JOBS + " jobs raced: " + refused + " late outcomes refused, " + takenBack + " taken back, "
                + cancelled + " cancelled");
        assertThat(List.of(refused.get(), takenBack.get(), cancelled.get())).as("every race was run")
                .allMatch(count -> count > 0);
        assertThat(tables.violations()).isEmpty();
        assertThat(tables.ended("completed") + tables.ended("failed") + tables.ended("cancelled")).isEqualTo(JOBS);
        assertThat(tables.ended("completed"))
                .isEqualTo((int) accepted.values().stream().filter("completed"::equals).count());
        long logged = tables.rows().stream().mapToLong(row -> row.log().size()).sum();
        assertThat(logged).as("one log entry for each accepted outcome").isEqualTo(accepted.size());
    }

    private Void whileJobsLive(Runnable part) {
        while (new QueueInvariants(db).live() > 0) {
            part.run();
        }
        return null;
    }

    /// One round of a worker that dawdles now and then.
    private void work(int seed) {
        var random = new Random(System.nanoTime() + seed);
        queue.promote(100);
        var claimed = queue.claim(new ClaimRules("worker-" + seed, LEASE, CAP), 8);
        var holds = claimed.stream().map(ClaimedJob::hold).toList();
        if (random.nextInt(3) == 0) {
            queue.heartbeat(holds, LEASE);
            sweep();
        }
        if (random.nextInt(10) == 0) {
            queue.release(holds);
        }
        settle(claimed.stream().map(job -> new Settlement(job.hold(), reply(random).outcome(job, POLICY))).toList());
    }

    private static Reply reply(Random random) {
        return random.nextInt(4) == 0 ? Reply.DOWN : Reply.ANSWER;
    }

    private void settle(List<Settlement> settlements) {
        var applied = db.transaction(tx -> queue.settle(tx, settlements));
        settlements.forEach(one -> {
            if (applied.contains(one.hold().jobId())) {
                accept(one);
            } else {
                refused.incrementAndGet();
            }
        });
    }

    private void accept(Settlement settlement) {
        var before = accepted.put(settlement.hold(), settlement.outcome().attempt().word());
        assertThat(before).as("outcomes of one claim").isNull();
    }

    private void sweep() {
        var settled = db.transaction(tx -> {
            var decided = queue.lockExpired(tx, 100).stream()
                    .map(late -> new Settlement(late.hold(), POLICY.afterLostLease(late))).toList();
            var applied = queue.settle(tx, decided);
            return decided.stream().filter(one -> applied.contains(one.hold().jobId())).toList();
        });
        settled.forEach(this::accept);
        takenBack.addAndGet(settled.size());
    }

    private void cancel(UUID id) {
        if (db.<Boolean>transaction(tx -> CancelStore.cancel(tx, Caller.DEFAULT_WORKSPACE, id).isPresent())) {
            cancelled.incrementAndGet();
        }
    }
}
