package dev.promptlab.job;

import java.util.List;
import java.util.UUID;

import dev.promptlab.callback.Callbacks;
import dev.promptlab.db.Database;
import dev.promptlab.limit.budget.Holds;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Audit;
import dev.promptlab.workspace.access.Caller;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// What people do to jobs: cancel, retry, redrive, purge. Each leaves a row in the audit trail, in the same transaction.
/// Thread-safe.
final class JobActions {
    /// @param requested whether a worker has yet to see the wish
    record Cancellation(JobStatus status, boolean requested) {}

    /// @param skipped failed jobs that stay, because a newer job has their input
    record Redrive(int redriven, int skipped) {}

    private final Database db;
    private final Reclaims reclaims;
    private final Signals signals;

    JobActions(Database db, Reclaims reclaims, Signals signals) {
        this.db = db;
        this.reclaims = reclaims;
        this.signals = signals;
    }

    /// Ends a waiting job at once and asks for the end of a running one. Cancelling a cancelled job changes nothing.
    Cancellation cancel(Caller caller, UUID jobId) {
        var cancellation = db.transaction(caller.workspaceId(), tx -> cancel(tx, caller, jobId));
        if (cancellation.requested()) {
            signals.cancelled().raise();
        } else {
            signals.ended().ended(List.of(jobId));
        }
        return cancellation;
    }

    private static Cancellation cancel(Handle tx, Caller caller, UUID jobId) {
        var wish = CancelStore.cancel(tx, caller.workspaceId(), jobId);
        if (wish.isPresent()) {
            Audit.record(tx, caller, "job.cancel", jobId.toString(), Json.object());
            return wish.get() == CancelStore.Cancelled.ENDED ? new Cancellation(JobStatus.CANCELLED, false)
                    : new Cancellation(JobStatus.RUNNING, true);
        }
        var status = require(tx, caller, jobId).status();
        if (status != JobStatus.CANCELLED) {
            throw new Failure.Conflict("job " + jobId + " is " + status.code() + " and cannot be cancelled any more");
        }
        return new Cancellation(status, false);
    }

    /// Puts one failed or cancelled job back.
    void retry(Caller caller, UUID jobId) {
        var claims = reclaims.of(caller, jobId);
        db.inTransaction(caller.workspaceId(), tx -> {
            if (DeadLetterStore.requeue(tx, caller.workspaceId(), List.of(jobId), null).isEmpty()) {
                throw whyNotRetried(tx, caller, jobId);
            }
            Callbacks.rearm(tx, List.of(jobId));
            reclaims.take(tx, claims, List.of(jobId));
            Audit.record(tx, caller, "job.retry", jobId.toString(), Json.object());
        });
        signals.queued().raise();
    }

    private static Failure.Conflict whyNotRetried(Handle tx, Caller caller, UUID jobId) {
        var status = require(tx, caller, jobId).status();
        if (status != JobStatus.FAILED && status != JobStatus.CANCELLED) {
            return new Failure.Conflict(
                    "job " + jobId + " is " + status.code() + "; only failed and cancelled jobs can be retried");
        }
        var holder = DeadLetterStore.holderOfSameInput(tx, caller.workspaceId(), jobId);
        return new Failure.Conflict(
                "the newer job " + holder.map(UUID::toString).orElse("of the same input") + " does this work");
    }

    private static Job require(Handle tx, Caller caller, UUID jobId) {
        return JobStore.find(tx, caller.workspaceId(), jobId).orElseThrow(() -> Http.notFound("job", jobId));
    }

    /// The failed jobs, grouped by cause.
    List<DeadLetterStore.Group> failures(Caller caller, DeadLetterFilter filter) {
        return db.transaction(caller.workspaceId(), tx -> DeadLetterStore.groups(tx, caller.workspaceId(), filter));
    }

    /// Puts a set of failed jobs back, all or none.
    ///
    /// @param expectedCount how many the caller has seen; another number is a conflict
    /// @param perSecond how many become due a second; null = all at once
    Redrive redrive(Caller caller, DeadLetterFilter filter, int expectedCount, @Nullable Double perSecond) {
        var claims = reclaims.of(caller, filter);
        var redrive = db.transaction(caller.workspaceId(), tx -> {
            var ids = lockExactly(tx, caller, filter, expectedCount);
            var redriven = DeadLetterStore.requeue(tx, caller.workspaceId(), ids, perSecond);
            Callbacks.rearm(tx, redriven);
            reclaims.take(tx, claims, redriven);
            Audit.record(tx, caller, "job.redrive", "failed", filter.toJson().put("redriven", redriven.size()));
            return new Redrive(redriven.size(), ids.size() - redriven.size());
        });
        signals.queued().raise();
        return redrive;
    }

    /// Removes a set of failed jobs with their attempts, all or none.
    ///
    /// @return how many
    int purge(Caller caller, DeadLetterFilter filter, int expectedCount) {
        return db.transaction(caller.workspaceId(), tx -> {
            var ids = lockExactly(tx, caller, filter, expectedCount);
            Holds.settle(tx, ids); // while the attempts are there
            DeadLetterStore.purge(tx, caller.workspaceId(), ids);
            Audit.record(tx, caller, "job.purge", "failed", filter.toJson().put("purged", ids.size()));
            return ids.size();
        });
    }

    private static List<UUID> lockExactly(Handle tx, Caller caller, DeadLetterFilter filter, int expectedCount) {
        var ids = DeadLetterStore.lock(tx, caller.workspaceId(), filter);
        if (ids.size() != expectedCount) {
            throw new Failure.Conflict("the filter matches " + ids.size() + " failed jobs now, not " + expectedCount
                    + "; look again and repeat with the new count");
        }
        return ids;
    }
}
