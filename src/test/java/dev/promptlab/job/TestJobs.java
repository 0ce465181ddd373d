package dev.promptlab.job;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.db.Database;
import dev.promptlab.db.Ids;
import dev.promptlab.job.Outcome.Attempt;
import dev.promptlab.provider.Usage;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Caller;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/// Jobs for tests that begin below the API.
final class TestJobs {
    private final Database db;
    private final LaneStore lanes;

    TestJobs(Database db) {
        this.db = db;
        this.lanes = new LaneStore(db);
    }

    /// What may vary.
    record Spec(UUID workspaceId, String input, String provider, String model, Priority priority, int maxAttempts,
            @Nullable Instant runAt) {
        static Spec of(String input) {
            return new Spec(Caller.DEFAULT_WORKSPACE, input, "mock", "echo", Priority.NORMAL, 3, null);
        }

        Spec workspace(UUID workspaceId) {
            return new Spec(workspaceId, input, provider, model, priority, maxAttempts, runAt);
        }

        Spec provider(String provider) {
            return new Spec(workspaceId, input, provider, model, priority, maxAttempts, runAt);
        }

        Spec model(String model) {
            return new Spec(workspaceId, input, provider, model, priority, maxAttempts, runAt);
        }

        Spec priority(Priority priority) {
            return new Spec(workspaceId, input, provider, model, priority, maxAttempts, runAt);
        }

        Spec maxAttempts(int maxAttempts) {
            return new Spec(workspaceId, input, provider, model, priority, maxAttempts, runAt);
        }

        Spec runAt(Instant runAt) {
            return new Spec(workspaceId, input, provider, model, priority, maxAttempts, runAt);
        }
    }

    NewJob job(Spec spec) {
        var lane = lanes.id(new LaneStore.Lane(spec.provider(), "mock:", "server", spec.model()));
        var hash = InputHash.of(Json.object().put("workspace", spec.workspaceId().toString()).put("input", spec.input())
                .put("model", spec.model()));
        return new NewJob(Ids.next(), spec.workspaceId(), NewJob.Kind.GENERATION, hash, lane, spec.priority(), null,
                spec.provider(),
                spec.model(), "{}",
                "{}",
                "[{\"role\":\"user\",\"content\":\"hi\"}]", "{}", spec.maxAttempts(), spec.runAt(), null, 7,
                new BigDecimal("0.5"), null, null);
    }

    /// Writes a queued job.
    UUID insert(Spec spec) {
        var job = job(spec);
        db.inTransaction(tx -> {
            SubmitStore.create(tx, List.of(job));
        });
        return job.id();
    }

    /// An answer of 36 + 783 tokens.
    static Outcome completed(String output) {
        var attempt = new Attempt("completed", null, 200, "req", null, Usage.of(36, 783), new BigDecimal("0.00098775"),
                false);
        return new Outcome.End(attempt, JobStatus.COMPLETED, output, "stop", null, null);
    }

    Job require(UUID jobId) {
        return db.autocommit(handle -> JobStore.find(handle, Caller.DEFAULT_WORKSPACE, jobId)).orElseThrow();
    }

    Job.Result result(UUID jobId) {
        return requireNonNull(require(jobId).result());
    }

    /// Entry of the attempt log, from 0.
    JsonNode attempt(UUID jobId, int index) {
        return requireNonNull(requireNonNull(require(jobId).detail()).attemptLog().get(index));
    }

    /// As if its worker had not been heard of for a lease.
    void expireLease(UUID jobId) {
        db.inTransaction(tx -> tx
                .execute("update job_dispatch set lease_until = now() - interval '1 s' where job_id = ?", jobId));
    }

    /// As if the wait of a delayed job were over.
    void makeDue(UUID jobId) {
        db.inTransaction(
                tx -> tx.execute("update job_dispatch set run_at = now() where job_id = ? and state = 2", jobId));
    }
}
