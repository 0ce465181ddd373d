package dev.promptlab.job;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.cache.ResultCache;
import dev.promptlab.db.Database;
import dev.promptlab.db.Ids;
import dev.promptlab.provider.TokenEstimate;
import dev.promptlab.provider.Usage;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Caller;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Submits and reads jobs. Thread-safe; methods block until PostgreSQL has answered.
final class Jobs {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    /// An answer to `POST /generate`.
    ///
    /// @param json `{jobId, status, cached}`
    /// @param submission empty when the answer is a replay for the same `Idempotency-Key`
    record Answer(int status, ObjectNode json, Optional<Submission> submission) {
        static Answer of(Submission submission) {
            var json = Json.object().put("jobId", submission.jobId().toString())
                    .put("status", submission.status().code()).put("cached", submission.cached());
            return new Answer(submission.created() ? 202 : 200, json, Optional.of(submission));
        }
    }

    /// @param next where the next page starts; null on the last one
    record Page(List<Job> jobs, @Nullable UUID next) {
        /// @param found one more than the limit when it is full and more is known
        static Page of(List<Job> found, int limit, @Nullable UUID floor) {
            return found.size() > limit ? new Page(found.subList(0, limit), found.get(limit - 1).id())
                    : new Page(found, floor == null ? null : nextAfter(floor));
        }

        /// The cursor of a page that begins with this job.
        private static UUID nextAfter(UUID floor) {
            long low = floor.getLeastSignificantBits() + 1;
            return new UUID(floor.getMostSignificantBits() + (low == 0 ? 1 : 0), low);
        }
    }

    private final Database db;
    private final Resolver resolver;
    private final Submitter submitter;
    private final LaneStore lanes;
    private final Costs costs;
    private final ResultCache cache;
    private final Endings endings;
    private final int defaultMaxAttempts;

    /// @param defaultMaxAttempts calls per job, unless the request says otherwise
    Jobs(Database db, Resolver resolver, Submitter submitter, LaneStore lanes, Costs costs, ResultCache cache,
            Endings endings, int defaultMaxAttempts) {
        this.db = db;
        this.resolver = resolver;
        this.submitter = submitter;
        this.lanes = lanes;
        this.costs = costs;
        this.cache = cache;
        this.endings = endings;
        this.defaultMaxAttempts = defaultMaxAttempts;
    }

    /// The job for this input: a new one, or the one that exists.
    Submission submit(Caller caller, GenerateRequest request) throws InterruptedException {
        var work = resolver.resolve(caller, request);
        if (request.reuse().equals(Reuse.ANY)) {
            var known = cache.jobFor(work.workspaceId(), work.inputHash().hex());
            if (known.isPresent()) {
                return new Submission(known.get(), JobStatus.COMPLETED, false, null);
            }
        }
        return remember(work, submitter.submit(newJob(work, request), request.reuse()));
    }

    /// As [#submit], once per key: the same key and body get the same answer again.
    Answer submitOnce(Caller caller, GenerateRequest request, IdempotencyKey key) throws InterruptedException {
        var stored = db.autocommit(caller.workspaceId(), handle -> IdempotencyStore.find(handle, key));
        if (stored.isPresent()) {
            return replay(stored.get());
        }
        // Whatever asks the database comes before the transaction: inside it would wait for a second connection.
        var work = resolver.resolve(caller, request);
        var job = newJob(work, request);
        var answer = db.transaction(caller.workspaceId(), tx -> answerOnce(tx, key, job, request.reuse()));
        answer.submission().ifPresent(submission -> {
            remember(work, submission);
            submitter.announce(submission);
        });
        return answer;
    }

    private Answer answerOnce(Handle tx, IdempotencyKey key, NewJob job, Reuse reuse) {
        if (!IdempotencyStore.tryLock(tx, key)) {
            throw new Failure.Busy("another request with this Idempotency-Key is being answered; try again",
                    Duration.ofSeconds(1));
        }
        return IdempotencyStore.find(tx, key).map(Jobs::replay).orElseGet(() -> {
            var answer = Answer.of(submitter.submit(tx, job, reuse));
            IdempotencyStore.put(tx, key, answer.status(), Json.text(answer.json()));
            return answer;
        });
    }

    private static Answer replay(IdempotencyStore.Stored stored) {
        if (!stored.ofSameBody()) {
            throw new Failure.IdempotencyMismatch(
                    "this Idempotency-Key was used for another body within 24 hours; send a new key");
        }
        return new Answer(stored.status(), Json.parseObject(stored.json()), Optional.empty());
    }

    private Submission remember(Work work, Submission submission) {
        if (submission.cached()) {
            cache.putJobFor(work.workspaceId(), work.inputHash().hex(), submission.jobId());
        } else if (submission.created()) {
            cache.forget(work.workspaceId(), work.inputHash().hex());
        }
        return submission;
    }

    private NewJob newJob(Work work, GenerateRequest request) {
        var messages = work.render();
        var endpoint = work.endpoint();
        long inputTokens = TokenEstimate.of(messages);
        var version = work.version();
        return new NewJob(Ids.next(), work.workspaceId(), work.inputHash(),
                lanes.id(new LaneStore.Lane(endpoint.name(), endpoint.origin(), endpoint.keyScope(), work.model())),
                request.priority(),
                version == null ? null
                        : new NewJob.TemplateRef(version.templateId(), version.templateName(), version.version()),
                endpoint.name(), work.model(), Json.text(work.variables()), Json.text(work.params()),
                Json.text(Work.json(messages)), Json.text(request.metadata()),
                request.maxAttempts() == null ? defaultMaxAttempts : request.maxAttempts(), request.runAt(),
                request.expiresAt(),
                inputTokens,
                costs.cost(endpoint, work.model(), Usage.of(inputTokens, 0)).orElse(null), request.callbackUrl());
    }

    /// The job as JSON, after it ended or `wait` is over, whichever comes first.
    byte[] json(Caller caller, UUID jobId, Duration wait) throws InterruptedException {
        var cached = cache.json(caller.workspaceId(), jobId);
        return cached.isPresent() ? cached.get() : json(caller.workspaceId(), await(caller, jobId, wait));
    }

    private byte[] json(UUID workspaceId, Job job) {
        var json = Json.bytes(job.toJson());
        if (job.status() == JobStatus.COMPLETED) {
            cache.putJson(workspaceId, job.id(), json);
        }
        return json;
    }

    private Job await(Caller caller, UUID jobId, Duration wait) throws InterruptedException {
        long end = System.nanoTime() + wait.toNanos();
        try (var watch = endings.watch(jobId)) {
            var job = require(caller, jobId);
            long left = wait.toNanos();
            while (job.status().isLive() && left > 0 && !endings.isClosed()) {
                watch.await(Duration.ofNanos(Math.min(left, LOOK_AGAIN.toNanos())));
                job = require(caller, jobId);
                left = end - System.nanoTime();
            }
            return job;
        }
    }

    private Job require(Caller caller, UUID jobId) {
        return db.autocommit(caller.workspaceId(), handle -> JobStore.find(handle, caller.workspaceId(), jobId))
                .orElseThrow(() -> Http.notFound("job", jobId));
    }

    /// How many jobs the filter matches, by status and time.
    JobCountStore.Counts count(Caller caller, JobFilter filter, int buckets, int limit) {
        return db.transaction(caller.workspaceId(),
                tx -> JobCountStore.count(tx, caller.workspaceId(), filter, buckets, limit));
    }

    /// One page, newest first. A page of a filter that no index serves ends after so many jobs that it looked at, whether it is full or
    /// not, so that it takes a bounded time.
    Page list(Caller caller, JobFilter filter) {
        return db.transaction(caller.workspaceId(), tx -> {
            JobStore.planAnew(tx);
            var floor = filter.visits().isEmpty() ? null
                    : JobStore.floor(tx, caller.workspaceId(), filter, filter.visits().getAsInt()).orElse(null);
            return Page.of(JobStore.list(tx, caller.workspaceId(), filter, floor), filter.limit(), floor);
        });
    }
}
