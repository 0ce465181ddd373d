package dev.promptlab.job;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

import dev.promptlab.cache.Forgotten;
import dev.promptlab.callback.Callbacks;
import dev.promptlab.db.Batcher;
import dev.promptlab.db.Database;
import dev.promptlab.limit.budget.Holds;
import dev.promptlab.web.Failure;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

import static java.util.stream.Collectors.toUnmodifiableSet;

/// Decides whether a submit is new work or the job that exists for its input already, and writes it. The race between
/// identical submits is decided by the primary key of `job_key`. Thread-safe.
final class Submitter implements AutoCloseable {
    private static final int RUNNERS = 2;
    /// Budgets are decided one batch after the other anyway.
    private static final int BUDGET_RUNNERS = 1;
    private static final int PATIENCE = 20;

    private final Database db;
    private final Wakeup wakeup;
    private final Batcher<NewJob, Optional<Submission>> batcher;
    private final Batcher<NewJob, Supplier<Optional<Submission>>> budgeted;

    /// @param wakeup raised after each commit that brought work
    Submitter(Database db, Wakeup wakeup) {
        this.db = db;
        this.wakeup = wakeup;
        this.batcher = new Batcher<>("submit", RUNNERS, this::submitBatch);
        this.budgeted = new Batcher<>("submit-budgeted", BUDGET_RUNNERS, this::submitBudgeted);
    }

    /// Submits in a statement shared with whoever submits at the same time.
    Submission submit(NewJob job, Reuse reuse) throws InterruptedException {
        if (!reuse.equals(Reuse.ANY)) {
            var submission = submitAlone(job, reuse);
            announce(submission);
            return submission;
        }
        for (int i = 0; i < PATIENCE; i++) {
            var submission = job.claim() == null ? batcher.call(job) : budgeted.call(job).get();
            if (submission.isPresent()) {
                return submission.get();
            }
        }
        throw contended();
    }

    private Submission submitAlone(NewJob job, Reuse reuse) {
        var first = reuse.fresh() ? Optional.<Submission>empty() : alone(() -> submitAll(List.of(job)).getFirst());
        return first.filter(reuse::accepts)
                .orElseGet(() -> db.transaction(job.workspaceId(), tx -> submit(tx, job, reuse)));
    }

    /// Submits in the caller's transaction; the caller must [#announce] the answer after its commit.
    Submission submit(Handle tx, NewJob job, Reuse reuse) {
        return alone(() -> decide(tx, job, reuse));
    }

    private static <T> T alone(Supplier<T> submitOfOneJob) {
        try {
            return submitOfOneJob.get();
        } catch (Refused e) {
            throw e.reasons.values().iterator().next();
        }
    }

    private static Submission decide(Handle tx, NewJob job, Reuse reuse) {
        for (int i = 0; i < PATIENCE; i++) {
            var existing = reuse.fresh() ? null : submitAll(tx, List.of(job)).getFirst().orElse(null);
            if (existing != null && reuse.accepts(existing)) {
                return existing;
            }
            if ((existing != null || reuse.fresh()) && takeOver(tx, job, existing)) {
                return created(job, takeHolds(tx, List.of(job)));
            }
        }
        throw contended();
    }

    /// Tells the workers, if there is something to do.
    void announce(Submission submission) {
        if (submission.created()) {
            wakeup.raise();
        }
    }

    private static boolean takeOver(Handle tx, NewJob job, @Nullable Submission existing) {
        if (!SubmitStore.takeKey(tx, job, existing == null ? null : existing.jobId())) {
            return false;
        }
        SubmitStore.createKeyed(tx, job);
        new Forgotten(job.workspaceId(), job.inputHash().hex()).record(tx);
        registerCallbacks(tx, List.of(job));
        return true;
    }

    private List<Optional<Submission>> submitBatch(List<NewJob> jobs) {
        var submissions = submitAll(jobs);
        submissions.stream().flatMap(Optional::stream).filter(Submission::created).findFirst()
                .ifPresent(this::announce);
        return submissions;
    }

    /// Without those whose budgets refuse them: with such a one, nothing is written, and the others go again.
    private List<Supplier<Optional<Submission>>> submitBudgeted(List<NewJob> jobs) {
        var refused = new HashMap<UUID, Failure>();
        while (true) {
            try {
                return answers(jobs, refused);
            } catch (Refused e) {
                refused.putAll(e.reasons);
            }
        }
    }

    private List<Supplier<Optional<Submission>>> answers(List<NewJob> jobs, Map<UUID, Failure> refused) {
        var rest = jobs.stream().filter(job -> !refused.containsKey(job.id())).toList();
        var submissions = (rest.isEmpty() ? List.<Optional<Submission>>of() : submitBatch(rest)).iterator();
        return jobs.stream().<Supplier<Optional<Submission>>>map(job -> {
            var reason = refused.get(job.id());
            if (reason != null) {
                return () -> {
                    throw reason;
                };
            }
            var submission = submissions.next();
            return () -> submission;
        }).toList();
    }

    private List<Optional<Submission>> submitAll(List<NewJob> jobs) {
        boolean oneStatement = jobs.stream().allMatch(job -> job.callbackUrl() == null && job.claim() == null);
        var workspaces = jobs.stream().map(NewJob::workspaceId).collect(toUnmodifiableSet());
        return oneStatement ? db.autocommit(workspaces, handle -> submitAll(handle, jobs))
                : db.transaction(workspaces, tx -> submitAll(tx, jobs));
    }

    /// Empty for a job whose key was held at first and then freed, because its holder has just failed: try again.
    private static List<Optional<Submission>> submitAll(Handle handle, List<NewJob> jobs) {
        var created = SubmitStore.create(handle, jobs);
        registerCallbacks(handle, jobs.stream().filter(job -> created.contains(job.id())).toList());
        var warnings = takeHolds(handle, jobs.stream().filter(job -> created.contains(job.id())).toList());
        var existing = SubmitStore.existing(handle, jobs.stream().filter(job -> !created.contains(job.id())).toList());
        return jobs.stream().map(job -> created.contains(job.id())
                ? Optional.of(created(job, warnings))
                : Optional.ofNullable(existing.get(job.inputHash()))).toList();
    }

    /// Last in the transaction, since it locks what many submits need.
    ///
    /// @return warnings, by job
    private static Map<UUID, String> takeHolds(Handle tx, List<NewJob> created) {
        var taken = Holds.take(tx, created.stream().map(NewJob::claim).filter(Objects::nonNull).toList());
        if (taken.refused().isEmpty()) {
            return taken.warnings();
        }
        throw new Refused(taken.refused());
    }

    private static Submission created(NewJob job, Map<UUID, String> warnings) {
        return Submission.created(job.id(), warnings.get(job.id()));
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

    /// Budgets have refused some jobs of a batch, which must not be committed.
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient Map<UUID, Failure> reasons;

        Refused(Map<UUID, Failure> reasons) {
            super("over budget", null, false, false);
            this.reasons = reasons;
        }
    }

    @Override
    public void close() {
        batcher.close();
        budgeted.close();
    }
}
