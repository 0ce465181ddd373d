package dev.promptlab.eval.server;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import dev.promptlab.eval.run.Answer;
import dev.promptlab.eval.run.Asker;
import dev.promptlab.eval.run.Call;
import dev.promptlab.eval.run.CallBudget;
import dev.promptlab.eval.run.CallBudget.SpentException;
import dev.promptlab.eval.run.CallPrice;
import dev.promptlab.job.EvaluationJobs;
import dev.promptlab.job.EvaluationJobs.Question;
import dev.promptlab.job.EvaluationJobs.Reply;
import dev.promptlab.provider.PriceTable;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Caller;

/// Makes the calls of a run as jobs. The salt of a job is made of what the call is, so that whoever drives the run next finds the same job:
///
///     eval:REPEAT         an answer that other runs may use, too
///     run:RUN:REPEAT      one for this run alone: without cache, a re-run, or because what other runs got was cut
///
/// A job from before the run is a cache hit; one from within it is counted once a process. Thread-safe.
final class QueuedAsker implements Asker {
    private static final Duration BUSY_PAUSE = Duration.ofMillis(250);
    private static final int LAST_TRIES = 8;

    private final EvaluationJobs jobs;
    private final EvalRunRow run;
    private final Caller caller;
    private final CallBudget budget;
    private final PriceTable prices;
    private final int maxAttempts;
    private final Clock clock;
    private final AtomicLong hits;
    private final Set<UUID> counted = ConcurrentHashMap.newKeySet();
    private final Set<UUID> waiting = ConcurrentHashMap.newKeySet();
    /// Released whenever a job of this run ends.
    private final Semaphore ended = new Semaphore(0);
    private volatile boolean left;
    private volatile boolean cancelled;

    /// @param maxAttempts of a job
    QueuedAsker(EvaluationJobs jobs, EvalRunRow run, CallBudget budget, PriceTable prices, int maxAttempts,
            Clock clock) {
        this.jobs = jobs;
        this.run = run;
        this.caller = run.caller();
        this.budget = budget;
        this.prices = prices;
        this.maxAttempts = maxAttempts;
        this.clock = clock;
        this.hits = new AtomicLong(0);
    }

    @Override
    public long hits() {
        return hits.get();
    }

    @Override
    public CallBudget budget() {
        return budget;
    }

    @Override
    public boolean isKnown(Call call) {
        try {
            return jobs.isKnown(caller, question(call, own(call), 1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (Failure e) {
            return false;
        }
    }

    private boolean own(Call call) {
        return call.fresh() || !run.settings().cache();
    }

    @Override
    public Answer ask(Call call) throws SpentException, InterruptedException {
        try {
            var answer = ask(call, own(call));
            return answer.cached() && answer.text() != null && !answer.isCacheable() ? ask(call, true) : answer;
        } catch (Failure.BudgetExceeded e) {
            budget.close(String.valueOf(e.getMessage()));
            throw new SpentException(String.valueOf(e.getMessage()));
        } catch (Failure e) {
            return Answer.failed(String.valueOf(e.getMessage()));
        }
    }

    private Answer ask(Call call, boolean own) throws SpentException, InterruptedException {
        var most = budget.boundsUsd() ? CallPrice.most(prices, call, clock.instant()) : BigDecimal.ZERO;
        var room = budget.reserve(maxAttempts, most);
        var settled = false;
        try {
            var reply = await(submit(question(call, own, room)));
            var hit = reply.createdAt().isBefore(run.createdAt()) || !counted.add(reply.jobId());
            budget.settle(room, hit ? 0 : reply.attempts(), most, hit ? BigDecimal.ZERO : reply.totalUsd());
            settled = true;
            if (hit) {
                hits.incrementAndGet();
            }
            return hit ? answer(reply).fromCache() : answer(reply);
        } finally {
            if (!settled) {
                budget.settle(room, 0, most, BigDecimal.ZERO);
            }
        }
    }

    private Question question(Call call, boolean own, int room) {
        var salt = own ? "run:" + run.id() + ":" + call.repeat() : "eval:" + call.repeat();
        return new Question(call.endpoint().name(), call.model(), call.messages(), call.params(), salt,
                run.settings().priority(), room, Json.object().put("evalRun", run.id().toString()));
    }

    /// A budget of the workspace holds the worst case of what is under way: while own jobs are, room may come.
    private UUID submit(Question question) throws SpentException, InterruptedException {
        for (var tries = 0;; tries++) {
            refuseIfOver();
            try {
                return jobs.submit(caller, question);
            } catch (Failure.BudgetExceeded e) {
                tries = waiting.isEmpty() ? tries : 0;
                if (tries >= LAST_TRIES) {
                    throw e;
                }
                pause();
            }
        }
    }

    private void pause() throws InterruptedException {
        ended.drainPermits();
        var _ = ended.tryAcquire(BUSY_PAUSE.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void refuseIfOver() throws SpentException {
        if (left || cancelled) {
            throw new SpentException(cancelled ? "the run was cancelled" : "this process drives the run no more");
        }
    }

    private Reply await(UUID jobId) throws SpentException, InterruptedException {
        waiting.add(jobId);
        try {
            if (cancelled) { // it came between the look at who is waiting and now
                jobs.cancel(caller.workspaceId(), jobId);
            }
            var reply = jobs.await(caller.workspaceId(), jobId, () -> !left);
            left = left || reply.isEmpty();
            if (reply.isEmpty() || (cancelled && reply.get().cancelled())) {
                throw new SpentException(cancelled ? "the run was cancelled" : "this process drives the run no more");
            }
            return reply.get();
        } finally {
            waiting.remove(jobId);
            ended.release();
        }
    }

    private static Answer answer(Reply reply) {
        if (reply.output() != null) {
            return new Answer(reply.output(), null, reply.finishReason(), reply.inputTokens(), reply.outputTokens(),
                    reply.costUsd(), reply.latencyMs(), null, false);
        }
        return Answer.failed(reply.cancelled() ? "the job was cancelled"
                : reply.errorCode() + ": " + Objects.requireNonNullElse(reply.error(), "no answer"));
    }

    /// Whether it has stopped to wait: what it says now is no end of the run.
    boolean hasLeft() {
        return left;
    }

    /// Waits for nothing any more and asks for nothing; the jobs go on.
    void leave() {
        left = true;
        budget.close("this process drives the run no more");
        ended.release();
    }

    /// Ends the jobs that wait, and asks for nothing any more.
    void cancel() {
        cancelled = true;
        budget.close("the run was cancelled");
        ended.release();
        waiting.forEach(job -> jobs.cancel(caller.workspaceId(), job));
    }
}
