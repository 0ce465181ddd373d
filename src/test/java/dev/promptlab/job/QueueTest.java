package dev.promptlab.job;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import dev.promptlab.db.Database;
import dev.promptlab.job.QueueStore.ClaimRules;
import dev.promptlab.job.QueueStore.Settlement;
import dev.promptlab.job.TestJobs.Spec;
import dev.promptlab.provider.FailureClass;
import dev.promptlab.provider.ProviderReply;
import dev.promptlab.provider.Usage;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.workspace.access.Caller;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static dev.promptlab.job.TestJobs.completed;
import static org.assertj.core.api.Assertions.assertThat;

class QueueTest {
    private static final RetryPolicy POLICY = new RetryPolicy(List.of(Duration.ofSeconds(1)));
    private static final Duration LEASE = Duration.ofSeconds(30);

    private TestDatabase database;
    private Database db;
    private TestJobs jobs;
    private QueueStore queue;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        db = database.db();
        jobs = new TestJobs(db);
        queue = new QueueStore(db);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void anEmptyQueueGivesNothing() {
        assertThat(claim("worker-a", 10)).isEmpty();
        assertThat(queue.untilNextDue(64)).isEmpty();
    }

    @Test
    void aClaimedJobCarriesWhatTheCallNeeds() {
        var id = jobs.insert(Spec.of("one"));

        var job = claim("worker-a", 10).getFirst();

        assertThat(job.jobId()).isEqualTo(id);
        assertThat(job.provider()).isEqualTo("mock");
        assertThat(job.model()).isEqualTo("echo");
        assertThat(job.messages()).contains("hi");
        assertThat(job.attempt()).isEqualTo(1);
        assertThat(job.triesLeft()).isEqualTo(3);
        assertThat(jobs.require(id).status()).isEqualTo(JobStatus.RUNNING);
        assertThat(claim("worker-b", 10)).isEmpty();
    }

    @Test
    void aCompletedJobKeepsItsResultAndItsFigures() {
        var id = jobs.insert(Spec.of("one"));

        assertThat(settle(claim("worker-a", 1).getFirst(), completed("done"))).isTrue();

        var job = jobs.require(id);
        assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(jobs.result(id).output()).isEqualTo("done");
        assertThat(job.attempts()).isEqualTo(1);
        assertThat(job.usage().inputTokens()).isEqualTo(36);
        assertThat(job.usage().outputTokens()).isEqualTo(783);
        assertThat(job.usage().costUsd()).isEqualByComparingTo("0.00098775");
        assertThat(job.times().finishedAt()).isNotNull();
        assertThat(jobs.attempt(id, 0).get("outcome").asText()).isEqualTo("completed");
        assertThat(rows("job_dispatch")).isZero();
    }

    @Test
    void aLateAnswerOfAPausedWorkerChangesNothing() {
        var id = jobs.insert(Spec.of("one"));
        var paused = claim("worker-a", 1).getFirst();
        jobs.expireLease(id);
        sweep();
        jobs.makeDue(id);
        queue.promote(10);
        var rescued = claim("worker-b", 1).getFirst();

        assertThat(settle(paused, completed("from a"))).isFalse();
        assertThat(settle(rescued, completed("from b"))).isTrue();
        assertThat(settle(paused, completed("from a"))).isFalse();

        assertThat(jobs.result(id).output()).isEqualTo("from b");
    }

    @Test
    void aLateAnswerIsCountedOnceAndARepeatedSettleIsNone() {
        var lateId = jobs.insert(Spec.of("one"));
        var late = claim("a", 1).getFirst();
        jobs.expireLease(lateId);
        sweep();
        assertThat(settle(late, completed("late"))).isFalse();
        assertThat(settle(late, completed("late"))).isFalse();
        jobs.insert(Spec.of("two"));
        var other = claim("b", 1).getFirst();
        settle(other, completed("once"));
        settle(other, completed("as if the first commit's answer had been lost"));

        var lastHour = db.autocommit(handle -> StatsStore.lastHour(handle, Caller.DEFAULT_WORKSPACE));
        assertThat(lastHour).isEqualTo(new StatsStore.LastHour(1, 0, 0, 1));
    }

    @Test
    void aLateAnswerIsRefusedAlsoWhileTheJobWaits() {
        var id = jobs.insert(Spec.of("one"));
        var paused = claim("worker-a", 1).getFirst();
        jobs.expireLease(id);
        sweep();

        assertThat(settle(paused, completed("from a"))).isFalse();
        assertThat(jobs.require(id).status()).isEqualTo(JobStatus.QUEUED);
    }

    @Test
    void aVanishedWorkerCostsOneAttemptAndTheLogSaysSo() {
        var id = jobs.insert(Spec.of("one"));
        claim("worker-a", 1);
        jobs.expireLease(id);

        sweep();

        var entry = jobs.attempt(id, 0);
        assertThat(entry.get("outcome").asText()).isEqualTo("unknown");
        assertThat(entry.get("failureClass").asText()).isEqualTo("lease_lost");
        assertThat(entry.get("usageEstimated").asBoolean()).isTrue();
        assertThat(entry.get("inputTokens").asLong()).isEqualTo(7);
        assertThat(entry.get("workerId").asText()).isEqualTo("worker-a");
        jobs.makeDue(id);
        queue.promote(10);
        assertThat(claim("worker-b", 1).getFirst().triesLeft()).isEqualTo(2);
    }

    @Test
    void aJobThatKillsItsWorkersEndsFailed() {
        var id = jobs.insert(Spec.of("poison").maxAttempts(2));
        for (int i = 0; i < 2; i++) {
            assertThat(claim("worker-" + i, 1)).hasSize(1);
            jobs.expireLease(id);
            sweep();
            jobs.makeDue(id);
            queue.promote(10);
        }

        var job = jobs.require(id);
        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(jobs.result(id).errorCode()).isEqualTo("lease_lost");
        assertThat(job.attempts()).isEqualTo(2);
        assertThat(job.warnings()).hasSize(2);
        assertThat(job.usage().costUsd()).isEqualByComparingTo("1.0");
        assertThat(claim("worker-c", 1)).isEmpty();
    }

    @Test
    void theSweepLeavesLivingAndFinishedJobsAlone() {
        jobs.insert(Spec.of("living"));
        claim("worker-a", 1);
        var done = jobs.insert(Spec.of("done"));
        settle(claim("worker-a", 1).getFirst(), completed("done"));

        assertThat(sweep()).isZero();
        assertThat(jobs.require(done).status()).isEqualTo(JobStatus.COMPLETED);
    }

    @Test
    void aHeartbeatKeepsTheLeaseAndNamesWhatWasLost() {
        var kept = jobs.insert(Spec.of("kept"));
        var lost = jobs.insert(Spec.of("lost"));
        var mine = claim("worker-a", 2);
        jobs.expireLease(lost);
        sweep();
        jobs.expireLease(kept);

        var held = queue.heartbeat(holds(mine), LEASE);

        assertThat(held).containsOnlyKeys(kept);
        assertThat(sweep()).isZero();
    }

    @Test
    void aJobThatSomebodyIsChangingIsNotTakenForLost() {
        var id = jobs.insert(Spec.of("one"));
        var mine = claim("worker-a", 1);

        db.inTransaction(tx -> {
            tx.execute("update job_dispatch set cancel = true where job_id = ?", id);
            var held = CompletableFuture.supplyAsync(() -> queue.heartbeat(holds(mine), LEASE)).join();
            assertThat(held).containsEntry(id, false);
        });

        assertThat(queue.heartbeat(holds(mine), LEASE)).containsEntry(id, true);
    }

    @Test
    void aJobToBeCancelledIsNotTriedAgain() {
        var id = jobs.insert(Spec.of("one"));
        var mine = claim("worker-a", 1).getFirst();
        assertThat(db.<Boolean>transaction(tx -> CancelStore.cancel(tx, Caller.DEFAULT_WORKSPACE, id).isPresent()))
                .isTrue();

        var failure = new ProviderReply.Failure(FailureClass.UNAVAILABLE, 503, "down", null, null,
                ProviderReply.Billing.NOTHING, null);
        assertThat(settle(mine, POLICY.afterFailure(mine, failure, null))).isTrue();

        assertThat(jobs.require(id).status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(jobs.attempt(id, 0).get("outcome").asText()).isEqualTo("cancelled");
        assertThat(rows("job_dispatch")).isZero();
    }

    @Test
    void aFailedAttemptWaitsAndTheFiguresOfAllAttemptsAddUp() {
        var id = jobs.insert(Spec.of("one"));
        var first = claim("worker-a", 1).getFirst();
        var failure = new ProviderReply.Failure(FailureClass.UNAVAILABLE, 503, "down", "req-1", null,
                ProviderReply.Billing.NOTHING, Usage.of(5, 2));
        settle(first, POLICY.afterFailure(first, failure, new BigDecimal("0.25")));

        assertThat(claim("worker-a", 1)).isEmpty();
        assertThat(queue.untilNextDue(64).orElseThrow()).isBetween(Duration.ofMillis(500), Duration.ofMillis(1200));
        jobs.makeDue(id);
        assertThat(queue.promote(10)).isEqualTo(1);
        var second = claim("worker-a", 1).getFirst();
        assertThat(second.attempt()).isEqualTo(2);
        settle(second, completed("done"));

        var job = jobs.require(id);
        assertThat(job.attempts()).isEqualTo(2);
        assertThat(job.usage().inputTokens()).isEqualTo(41);
        assertThat(job.usage().costUsd()).isEqualByComparingTo("0.25098775");
        assertThat(jobs.attempt(id, 1).get("outcome").asText()).isEqualTo("completed");
        assertThat(jobs.attempt(id, 0).get("httpStatus").asInt()).isEqualTo(503);
    }

    @Test
    void anAttemptIsStoredHoweverStrangeTheProvidersWords() {
        var id = jobs.insert(Spec.of("one"));
        var failure = new ProviderReply.Failure(FailureClass.INVALID_REQUEST, 999, "n\0", "r\uD800", null,
                ProviderReply.Billing.NOTHING, null);
        var job = claim("worker-a", 1).getFirst();

        assertThat(settle(job, POLICY.afterFailure(job, failure, null))).isTrue();

        assertThat(jobs.result(id).error()).isEqualTo("n\uFFFD");
        assertThat(jobs.attempt(id, 0).get("providerRequestId").asText()).isEqualTo("r\uFFFD");
        assertThat(jobs.attempt(id, 0).get("httpStatus").isNull()).isTrue();
    }

    @Test
    void oneUnknownCostMakesTheSumUnknown() {
        var id = jobs.insert(Spec.of("one"));
        var first = claim("worker-a", 1).getFirst();
        var failure = new ProviderReply.Failure(FailureClass.TIMEOUT, null, "slow", null, null,
                ProviderReply.Billing.NOTHING, Usage.of(5, 2));
        settle(first, POLICY.afterFailure(first, failure, null));
        jobs.makeDue(id);
        queue.promote(10);
        settle(claim("worker-a", 1).getFirst(), completed("done"));

        assertThat(jobs.require(id).usage().costUsd()).isNull();
        assertThat(jobs.require(id).usage().inputTokens()).isEqualTo(41);
        assertThat(jobs.require(id).warnings()).singleElement().asString().contains("no price is known")
                .contains("echo");
    }

    @Test
    void aFailedJobOfUnknownCostSaysSo() {
        var id = jobs.insert(Spec.of("one"));
        var job = claim("worker-a", 1).getFirst();
        settle(job, POLICY.afterFailure(job, new ProviderReply.Failure(FailureClass.CONTENT_FILTERED, 200, "no", null,
                null, ProviderReply.Billing.UNKNOWN, Usage.of(5, 2)), null));

        assertThat(jobs.require(id).usage().costUsd()).isNull();
        assertThat(jobs.require(id).warnings()).singleElement().asString().contains("no price is known")
                .contains("echo");
    }

    @Test
    void aReleasedJobIsAsIfItHadNotBeenClaimed() {
        var id = jobs.insert(Spec.of("one"));
        queue.release(claim("worker-a", 1).stream().map(ClaimedJob::hold).toList());

        var again = claim("worker-b", 1).getFirst();
        assertThat(again.jobId()).isEqualTo(id);
        assertThat(again.attempt()).isEqualTo(1);
        assertThat(again.epoch()).isEqualTo(2);
    }

    @Test
    void aReleasedJobThatIsToBeCancelledEnds() {
        var id = jobs.insert(Spec.of("one"));
        var mine = claim("worker-a", 1).getFirst();
        db.inTransaction(tx -> CancelStore.cancel(tx, Caller.DEFAULT_WORKSPACE, id));

        queue.release(List.of(mine.hold()));

        assertThat(jobs.require(id).status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(jobs.require(id).attempts()).isZero();
        assertThat(rows("job_dispatch")).isZero();
        assertThat(rows("job_key")).isZero();
    }

    @Test
    void aJobIsNotClaimedBeforeItsTime() {
        var id = jobs.insert(Spec.of("later").runAt(Instant.now().plusSeconds(3600)));

        assertThat(queue.promote(10)).isZero();
        assertThat(claim("worker-a", 10)).isEmpty();
        assertThat(jobs.require(id).status()).isEqualTo(JobStatus.QUEUED);
        assertThat(jobs.require(id).times().runAt()).isNotNull();
    }

    @Test
    void highGoesFirstAndLowIsNotStarved() {
        IntStream.range(0, 64).forEach(i -> jobs.insert(Spec.of("low" + i).priority(Priority.LOW)));
        IntStream.range(0, 64).forEach(i -> jobs.insert(Spec.of("normal" + i)));
        IntStream.range(0, 64).forEach(i -> jobs.insert(Spec.of("high" + i).priority(Priority.HIGH)));

        var order = new ArrayList<Priority>();
        for (int i = 0; i < 64; i++) {
            var job = claim("worker-a", 1).getFirst();
            order.add(jobs.require(job.jobId()).priority());
            settle(job, completed("done"));
        }

        assertThat(order.getFirst()).isEqualTo(Priority.HIGH);
        assertThat(order.stream().filter(Priority.HIGH::equals)).hasSizeGreaterThan(48);
        assertThat(order.stream().filter(Priority.NORMAL::equals)).hasSizeGreaterThanOrEqualTo(6);
        assertThat(order.stream().filter(Priority.LOW::equals)).hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void workspacesTakeTurns() {
        var flood = UUID.randomUUID();
        var small = UUID.randomUUID();
        IntStream.range(0, 50).forEach(i -> jobs.insert(Spec.of("flood" + i).workspace(flood)));
        jobs.insert(Spec.of("small").workspace(small));

        var first = claim("worker-a", 2);

        assertThat(first.stream().map(ClaimedJob::workspaceId)).containsExactlyInAnyOrder(flood, small);
    }

    @Test
    void aLaneNeverRunsMoreThanItsCapHoweverManyClaim() throws Exception {
        IntStream.range(0, 300).forEach(i -> jobs.insert(Spec.of("job" + i).model(i % 2 == 0 ? "echo" : "lorem")));
        var rules = new ClaimRules("worker", LEASE, 10);
        var claimed = new HashSet<UUID>();

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var claims = threads.invokeAll(IntStream.range(0, 40)
                    .<Callable<List<ClaimedJob>>>mapToObj(_ -> () -> queue.claim(rules, 7)).toList());
            for (var claim : claims) {
                claim.get().forEach(job -> assertThat(claimed.add(job.jobId())).isTrue());
            }
        }
        for (var more = queue.claim(rules, 50); !more.isEmpty(); more = queue.claim(rules, 50)) {
            more.forEach(job -> assertThat(claimed.add(job.jobId())).isTrue());
        }

        assertThat(claimed).hasSize(20);
        var perLane = new HashMap<Integer, Integer>();
        db.autocommit(handle -> handle
                .createQuery("select lane_id, count(*)::int n from job_dispatch where state = 1 group by 1")
                .map((row, _) -> perLane.put(row.getInt("lane_id"), row.getInt("n"))).list());
        assertThat(perLane.values()).containsExactly(10, 10);
    }

    @Test
    void manyWorkersRunEveryJobExactlyOnce() throws Exception {
        var ids = IntStream.range(0, 400).mapToObj(i -> jobs.insert(Spec.of("job" + i))).toList();

        Set<UUID> done = new HashSet<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var workers = threads.invokeAll(IntStream.range(0, 8)
                    .<Callable<List<UUID>>>mapToObj(n -> () -> drain("worker-" + n)).toList());
            for (var worker : workers) {
                worker.get().forEach(id -> assertThat(done.add(id)).isTrue());
            }
        }
        drain("last").forEach(id -> assertThat(done.add(id)).isTrue());

        assertThat(done).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(rows("job_dispatch")).isZero();
        assertThat(rows("job_attempt")).isEqualTo(400);
    }

    private List<UUID> drain(String worker) {
        var done = new ArrayList<UUID>();
        for (var batch = claim(worker, 20); !batch.isEmpty(); batch = claim(worker, 20)) {
            var settlements = batch.stream().map(job -> new Settlement(job.hold(), completed("by " + worker))).toList();
            done.addAll(db.transaction(tx -> queue.settle(tx, settlements)));
        }
        return done;
    }

    private static List<QueueStore.Hold> holds(List<ClaimedJob> jobs) {
        return jobs.stream().map(ClaimedJob::hold).toList();
    }

    private List<ClaimedJob> claim(String worker, int wanted) {
        return queue.claim(new ClaimRules(worker, LEASE, 64), wanted);
    }

    private boolean settle(ClaimedJob job, Outcome outcome) {
        return db.transaction(tx -> queue.settle(tx, List.of(new Settlement(job.hold(), outcome))))
                .contains(job.jobId());
    }

    private int sweep() {
        return db.transaction(tx -> {
            var settlements = queue.lockExpired(tx, 100).stream()
                    .map(expired -> new Settlement(expired.hold(), POLICY.afterLostLease(expired))).toList();
            return queue.settle(tx, settlements).size();
        });
    }

    private int rows(String table) {
        return db.autocommit(handle -> handle.createQuery("select count(*)::int from <table>").define("table", table)
                .mapTo(Integer.class).one());
    }
}
