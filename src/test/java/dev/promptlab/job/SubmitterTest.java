package dev.promptlab.job;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import dev.promptlab.callback.Callbacks;
import dev.promptlab.db.Database;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.job.QueueStore.ClaimRules;
import dev.promptlab.job.QueueStore.Settlement;
import dev.promptlab.job.TestJobs.Spec;
import dev.promptlab.testing.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SubmitterTest {
    private static final Reuse FRESH = new Reuse(true, null);

    private TestDatabase database;
    private Database db;
    private TestJobs jobs;
    private QueueStore queue;
    private Wakeup wakeup;
    private Submitter submitter;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        db = database.db();
        jobs = new TestJobs(db);
        queue = new QueueStore(db);
        wakeup = new Wakeup();
        submitter = new Submitter(db, wakeup);
    }

    @AfterEach
    void close() {
        submitter.close();
        database.close();
    }

    @Test
    void theSameInputIsTheSameJob() throws InterruptedException {
        var first = submit("one");
        var second = submit("one");

        assertThat(first.created()).isTrue();
        assertThat(second).isEqualTo(Submission.existing(first.jobId(), JobStatus.QUEUED, null, null));
        assertThat(submit("other").jobId()).isNotEqualTo(first.jobId());
    }

    @Test
    void simultaneousSubmitsOfOneInputMakeOneJob() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = threads.invokeAll(IntStream.range(0, 400)
                    .<Callable<Submission>>mapToObj(i -> () -> submit("input" + i % 2)).toList());
            var submissions = new java.util.ArrayList<Submission>();
            for (var answer : answers) {
                submissions.add(answer.get());
            }

            assertThat(submissions.stream().filter(Submission::created)).hasSize(2);
            assertThat(submissions.stream().map(Submission::jobId).distinct()).hasSize(2);
        }
        assertThat(rows("job")).isEqualTo(2);
        assertThat(rows("job_dispatch")).isEqualTo(2);
    }

    /// As it would be if the batch named the wrong workspaces.
    @Test
    void aConnectionForAnotherWorkspaceNeitherWritesNorFindsTheJob() throws InterruptedException {
        var requests = database.as(DatabaseRole.API);
        var other = UUID.randomUUID();
        var job = jobs.job(Spec.of("mine"));
        assertThatThrownBy(() -> requests.inTransaction(other, tx -> SubmitStore.create(tx, List.of(job))))
                .hasMessageContaining("row-level security");
        assertThatThrownBy(() -> requests.inTransaction(other, tx -> Callbacks.register(tx,
                List.of(new Callbacks.Wanted(job.id(), job.workspaceId(), "https://example.com/")))))
                .hasMessageContaining("row-level security");

        submitter.submit(job, Reuse.ANY);

        assertThat(requests.<Map<?, ?>>autocommit(other, handle -> SubmitStore.existing(handle, List.of(job))))
                .isEmpty();
        assertThat(
                requests.<Map<?, ?>>autocommit(job.workspaceId(), handle -> SubmitStore.existing(handle, List.of(job))))
                .hasSize(1);
    }

    @Test
    void workspacesShareNothing() throws InterruptedException {
        var here = submitter.submit(jobs.job(Spec.of("one").workspace(UUID.randomUUID())), Reuse.ANY);
        var there = submitter.submit(jobs.job(Spec.of("one").workspace(UUID.randomUUID())), Reuse.ANY);

        assertThat(there.created()).isTrue();
        assertThat(there.jobId()).isNotEqualTo(here.jobId());
    }

    @Test
    void aCompletedJobIsReused() throws InterruptedException {
        var id = submit("one").jobId();
        settleNext(JobStatus.COMPLETED);

        var again = submit("one");

        assertThat(again.jobId()).isEqualTo(id);
        assertThat(again.cached()).isTrue();
        assertThat(again.created()).isFalse();
    }

    @Test
    void aFailedJobIsNotReused() throws InterruptedException {
        var failed = submit("one").jobId();
        settleNext(JobStatus.FAILED);

        var again = submit("one");

        assertThat(again.created()).isTrue();
        assertThat(again.jobId()).isNotEqualTo(failed);
        assertThat(jobs.require(failed).status()).isEqualTo(JobStatus.FAILED);
    }

    @Test
    void freshWorkTakesOverTheKey() throws InterruptedException {
        var old = submit("one").jobId();
        var fresh = submitter.submit(jobs.job(Spec.of("one")), FRESH);

        assertThat(fresh.created()).isTrue();
        assertThat(submit("one").jobId()).isEqualTo(fresh.jobId()).isNotEqualTo(old);
    }

    @Test
    void anOldJobThatFailsLeavesTheKeyOfTheFreshOne() throws InterruptedException {
        var old = submit("one").jobId();
        var fresh = submitter.submit(jobs.job(Spec.of("one")), FRESH).jobId();
        settle(old, JobStatus.FAILED);

        assertThat(submit("one").jobId()).isEqualTo(fresh);
    }

    @Test
    void anAnswerThatIsTooOldIsReplaced() throws InterruptedException {
        var old = submit("one").jobId();
        settleNext(JobStatus.COMPLETED);

        assertThat(submit("one", Duration.ofHours(1)).jobId()).isEqualTo(old);
        db.inTransaction(
                tx -> tx.execute("update job_result set finished_at = now() - interval '2 h' where job_id = ?", old));
        assertThat(submit("one", Duration.ofHours(1)).jobId()).isNotEqualTo(old);
    }

    @Test
    void aLiveJobIsNeverTooOld() throws InterruptedException {
        var live = submit("one").jobId();

        assertThat(submit("one", Duration.ofMillis(1)).jobId()).isEqualTo(live);
    }

    @Test
    void newWorkRingsTheBellAndADuplicateDoesNot() throws InterruptedException {
        submit("one");
        assertThat(wakeup.await(Duration.ofSeconds(5))).isTrue();

        submit("one");
        assertThat(wakeup.await(Duration.ZERO)).isFalse();
    }

    private Submission submit(String input) throws InterruptedException {
        return submitter.submit(jobs.job(Spec.of(input)), Reuse.ANY);
    }

    private Submission submit(String input, Duration maxAge) throws InterruptedException {
        return submitter.submit(jobs.job(Spec.of(input)), new Reuse(false, maxAge));
    }

    private void settleNext(JobStatus status) {
        settle(queue.claim(rules(), 1).getFirst(), status);
    }

    private void settle(UUID jobId, JobStatus status) {
        var claimed = queue.claim(rules(), 10);
        settle(claimed.stream().filter(job -> job.jobId().equals(jobId)).findFirst().orElseThrow(), status);
    }

    private void settle(ClaimedJob job, JobStatus status) {
        var outcome = status == JobStatus.FAILED ? RetryPolicy.afterBug("test")
                : new Outcome.End(new Outcome.Attempt("completed", null, null, null, null, null, null, false), status,
                        "done", "stop", null, null);
        db.inTransaction(tx -> queue.settle(tx, List.of(new Settlement(job.hold(), outcome))));
    }

    private static ClaimRules rules() {
        return new ClaimRules("worker", Duration.ofSeconds(30), 64);
    }

    private int rows(String table) {
        return db.autocommit(handle -> handle.createQuery("select count(*)::int from <table>").define("table", table)
                .mapTo(Integer.class).one());
    }
}
