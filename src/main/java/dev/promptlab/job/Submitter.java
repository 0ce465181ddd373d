package dev.promptlab.job;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.promptlab.callback.Callbacks;
import dev.promptlab.db.Batcher;
import dev.promptlab.db.Database;
import dev.promptlab.web.Failure;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

import static java.util.stream.Collectors.toUnmodifiableSet;

/// Decides whether a submit is new work or the job that exists for its input already, and writes it. The race between
/// identical submits is decided by the primary key of `job_key`. Thread-safe.
final class Submitter implements AutoCloseable {
    private static final int RUNNERS = 2;
    private static final int PATIENCE = 20;

    private final Database db;
    private final Signals signals;
    private final Batcher<NewJob, Optional<Submission>> batcher;

    /// @param signals raised after each commit that brought work
    Submitter(Database db, Signals signals) {
        this.db = db;
        this.signals = signals;
        this.batcher = new Batcher<>("submit", RUNNERS, this::submitBatch);
    }

    /// Submits in a statement shared with whoever submits at the same time.
    Submission submit(NewJob job, Reuse reuse) throws InterruptedException {
        if (!reuse.equals(Reuse.ANY)) {
            var submission = submitAlone(job, reuse);
            announce(submission);
            return submission;
        }
        for (int i = 0; i < PATIENCE; i++) {
            var submission = batcher.call(job);
            if (submission.isPresent()) {
                return submission.get();
            }
        }
        throw contended();
    }

    private Submission submitAlone(NewJob job, Reuse reuse) {
        var first = reuse.fresh() ? Optional.<Submission>empty() : submitAll(List.of(job)).getFirst();
        return first.filter(reuse::accepts)
                .orElseGet(() -> db.transaction(job.workspaceId(), tx -> submit(tx, job, reuse)));
    }

    /// Submits in the caller's transaction; the caller must [#announce] the answer after its commit.
    Submission submit(Handle tx, NewJob job, Reuse reuse) {
        for (int i = 0; i < PATIENCE; i++) {
            var existing = reuse.fresh() ? null : submitAll(tx, List.of(job)).getFirst().orElse(null);
            if (existing != null && reuse.accepts(existing)) {
                return existing;
            }
            if ((existing != null || reuse.fresh()) && takeOver(tx, job, existing)) {
                return Submission.created(job.id());
            }
        }
        throw contended();
    }

    /// Tells the workers, if there is something to do.
    void announce(Submission submission) {
        if (submission.created()) {
            signals.queued().raise();
            signals.told().raise();
        }
    }

    private static boolean takeOver(Handle tx, NewJob job, @Nullable Submission existing) {
        if (!SubmitStore.takeKey(tx, job, existing == null ? null : existing.jobId())) {
            return false;
        }
        SubmitStore.createKeyed(tx, job);
        registerCallbacks(tx, List.of(job));
        return true;
    }

    private List<Optional<Submission>> submitBatch(List<NewJob> jobs) {
        var submissions = submitAll(jobs);
        submissions.stream().flatMap(Optional::stream).filter(Submission::created).findFirst()
                .ifPresent(this::announce);
        return submissions;
    }

    private List<Optional<Submission>> submitAll(List<NewJob> jobs) {
        boolean oneStatement = jobs.stream().allMatch(job -> job.callbackUrl() == null);
        var workspaces = jobs.stream().map(NewJob::workspaceId).collect(toUnmodifiableSet());
        return oneStatement ? db.autocommit(workspaces, handle -> submitAll(handle, jobs))
                : db.transaction(workspaces, tx -> submitAll(tx, jobs));
    }

    /// Empty for a job whose key was held at first and then freed, because its holder has just failed: try again.
    private static List<Optional<Submission>> submitAll(Handle handle, List<NewJob> jobs) {
        var created = SubmitStore.create(handle, jobs);
        registerCallbacks(handle, jobs.stream().filter(job -> created.contains(job.id())).toList());
        var existing = SubmitStore.existing(handle, jobs.stream().filter(job -> !created.contains(job.id())).toList());
        return jobs.stream().map(job -> created.contains(job.id())
                ? Optional.of(Submission.created(job.id()))
                : Optional.ofNullable(existing.get(job.inputHash()))).toList();
    }

    private static void registerCallbacks(Handle tx, List<NewJob> created) {
        Callbacks.register(tx, created.stream().<Callbacks.Wanted>mapMulti((job, next) -> {
            if (job.callbackUrl() != null) {
                next.accept(new Callbacks.Wanted(job.id(), job.workspaceId(), job.callbackUrl()));
            }
        }).toList());
    }

    private static Failure.Busy contended() {
        return new Failure.Busy("jobs for this input keep starting and failing; try again", Duration.ofSeconds(1));
    }

    @Override
    public void close() {
        batcher.close();
    }
}
