package dev.promptlab.job;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.cache.Forgotten;
import dev.promptlab.cache.ResultCache;
import dev.promptlab.db.Database;
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
    private final NewJobs newJobs;
    private final ResultCache cache;
    private final Endings endings;

    Jobs(Database db, Resolver resolver, Submitter submitter, NewJobs newJobs, ResultCache cache, Endings endings) {
        this.db = db;
        this.resolver = resolver;
        this.submitter = submitter;
        this.newJobs = newJobs;
        this.cache = cache;
        this.endings = endings;
    }

    /// The job for this input: a new one, or the one that exists.
    Submission submit(Caller caller, GenerateRequest request) throws InterruptedException {
        var work = resolver.resolve(caller, request);
        if (!request.reuse().equals(Reuse.ANY)) {
            return remember(work, ticket(work), request,
                    submitter.submit(newJobs.of(caller, work, request), request.reuse()));
        }
        var look = cache.jobFor(work.workspaceId(), work.inputHash().hex());
        return look.jobId().isPresent() ? Submission.completed(look.jobId().get())
                : remember(work, look.ticket(), request,
                        submitter.submit(newJobs.of(caller, work, request), Reuse.ANY));
    }

    /// As [#submit], once per key: the same key and body get the same answer again.
    Answer submitOnce(Caller caller, GenerateRequest request, IdempotencyKey key) throws InterruptedException {
        var stored = db.autocommit(caller.workspaceId(), handle -> IdempotencyStore.find(handle, key));
        if (stored.isPresent()) {
            return replay(stored.get());
        }
        // Whatever asks the database comes before the transaction: inside it would wait for a second connection.
        var work = resolver.resolve(caller, request);
        var job = newJobs.of(caller, work, request);
        var ticket = ticket(work);
        var answer = db.transaction(caller.workspaceId(), tx -> answerOnce(tx, key, job, request.reuse()));
        answer.submission().ifPresent(submission -> {
            remember(work, ticket, request, submission);
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

    private ResultCache.Ticket ticket(Work work) {
        return cache.ticket(work.workspaceId(), work.inputHash().hex());
    }

    private Submission remember(Work work, ResultCache.Ticket ticket, GenerateRequest request, Submission submission) {
        if (submission.reusable() != null && submission.age() != null) {
            cache.put(ticket, submission.reusable(), submission.age());
        } else if (submission.created()) {
            cache.countMiss(work.workspaceId());
            if (!request.reuse().equals(Reuse.ANY)) { // it may have taken the place of another
                cache.forget(new Forgotten(work.workspaceId(), work.inputHash().hex()));
            }
        } else {
            cache.countJoined(work.workspaceId());
        }
        return submission;
    }

    /// The job as JSON, after it ended or `wait` is over, whichever comes first.
    byte[] json(Caller caller, UUID jobId, Duration wait, Runnable admission) throws InterruptedException {
        if (wait.isZero()) {
            return json(caller, jobId);
        }
        var known = cache.json(caller.workspaceId(), jobId);
        return known.isPresent() ? known.get() : awaited(caller, jobId, wait, admission);
    }

    private byte[] json(Caller caller, UUID jobId) {
        var read = new AtomicReference<@Nullable Job>();
        var completed = cache.json(caller.workspaceId(), jobId, () -> {
            var job = require(caller, jobId);
            read.set(job);
            return Optional.of(job).filter(found -> found.status() == JobStatus.COMPLETED).map(Jobs::json);
        });
        // Not completed: whoever shared another's reading, which may be older than this request, reads anew.
        return completed.orElseGet(
                () -> json(Optional.ofNullable(read.get()).orElseGet(() -> require(caller, jobId))));
    }

    private byte[] awaited(Caller caller, UUID jobId, Duration wait, Runnable admission) throws InterruptedException {
        var job = await(caller, jobId, wait, admission);
        var json = json(job);
        if (job.status() == JobStatus.COMPLETED) {
            cache.putJson(caller.workspaceId(), jobId, json);
        }
        return json;
    }

    private static byte[] json(Job job) {
        return Json.bytes(job.toJson());
    }

    private Job await(Caller caller, UUID jobId, Duration wait, Runnable admission) throws InterruptedException {
        long end = System.nanoTime() + wait.toNanos();
        try (var watch = endings.watch(jobId)) {
            var job = require(caller, jobId);
            long left = wait.toNanos();
            while (job.status().isLive() && left > 0 && !endings.isClosed()) {
                watch.await(Duration.ofNanos(Math.min(left, LOOK_AGAIN.toNanos())));
                admission.run();
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
