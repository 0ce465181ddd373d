package dev.promptlab.job;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.db.Batcher;
import dev.promptlab.db.Database;
import dev.promptlab.job.Outcome.Attempt;
import dev.promptlab.job.QueueStore.Settlement;
import dev.promptlab.limit.budget.Holds;
import dev.promptlab.provider.CallOptions;
import dev.promptlab.provider.ChatRequest;
import dev.promptlab.provider.Message;
import dev.promptlab.provider.ProviderReply;
import dev.promptlab.provider.ProviderSource;
import dev.promptlab.provider.Providers;
import dev.promptlab.provider.Usage;
import dev.promptlab.telemetry.LogFields;
import dev.promptlab.telemetry.TracedSpan;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the provider call of a claimed job and records what became of it. Thread-safe.
final class Worker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Worker.class);
    private static final int SETTLE_RUNNERS = 1;
    private static final Duration DATABASE_PAUSE = Duration.ofMillis(250);
    private static final Outcome UNSTORABLE = RetryPolicy
            .afterBug("the outcome could not be stored; the server's log has more");

    /// What somebody said.
    private record Heard(Providers.Endpoint endpoint, ProviderReply reply) {}

    /// @param outcome null when the call was cut
    /// @param heard null without a call, or when it was cut
    private record Called(@Nullable Outcome outcome, @Nullable Heard heard) {}

    private final Database db;
    private final QueueStore queue;
    private final ProviderSource providers;
    private final LaneStore laneStore;
    private final Costs costs;
    private final RetryPolicy policy;
    private final Duration timeout;
    private final Signals signals;
    private final LaneFeedback lanes;
    private final Texts texts;
    private final QueueMetrics metrics;
    private final Batcher<Settlement, Boolean> settler;

    /// @param timeout hard deadline of one provider call
    Worker(Database db, QueueStore queue, ProviderSource providers, Costs costs, RetryPolicy policy, Duration timeout,
            Signals signals, LaneFeedback lanes, QueueMetrics metrics) {
        this.db = db;
        this.queue = queue;
        this.providers = providers;
        this.laneStore = new LaneStore(db);
        this.costs = costs;
        this.policy = policy;
        this.timeout = timeout;
        this.signals = signals;
        this.lanes = lanes;
        this.texts = Texts.start(db, signals.told());
        this.metrics = metrics;
        this.settler = new Batcher<>("settle", SETTLE_RUNNERS, this::settleBatch);
    }

    /// Works on one job until its outcome is recorded, or somebody else's is.
    void work(Running.Slot slot) {
        var job = slot.job();
        LogFields.ofJob(job.jobId().toString(), job.attempt());
        if (!slot.callBegins(System.nanoTime())) {
            log.warn("job {} epoch {}: the lease passed before the call; nobody was called", job.jobId(), job.epoch());
            queue.release(List.of(job.hold()));
            return;
        }
        try (var span = JobSpans.work(job, queue); var _ = span.enter()) {
            work(slot, span);
        }
    }

    private void work(Running.Slot slot, TracedSpan span) {
        var job = slot.job();
        long beganAt = System.nanoTime();
        Called called;
        try {
            called = call(job);
        } catch (InterruptedException e) {
            called = new Called(null, null);
        } catch (RuntimeException e) {
            log.error("job {} attempt {} failed through a bug of ours", job.jobId(), job.attempt(), e);
            called = new Called(RetryPolicy.afterBug("an error in PromptLab itself; the server's log has more"), null);
        }
        var cut = slot.callEnded();
        var heard = called.heard();
        if (heard != null) {
            lanes.heard(job, heard.endpoint(), heard.reply(), beganAt);
        }
        var outcome = called.outcome() != null ? called.outcome()
                : policy.afterInterrupt(job, cut == Running.Cut.CANCELLED);
        metrics.called(job, outcome.attempt(), System.nanoTime() - beganAt);
        span.set("promptlab.job.outcome", outcome.attempt().word());
        if (cut != Running.Cut.LOST) {
            settle(new Settlement(job.hold(), outcome));
        }
    }

    private Called call(ClaimedJob job) throws InterruptedException {
        Providers.Endpoint endpoint;
        try {
            endpoint = endpoint(job);
        } catch (ProviderSource.NotConfiguredException e) {
            return new Called(RetryPolicy.afterMisconfiguration(String.valueOf(e.getMessage())), null);
        }
        var timeLeft = job.timeLeft();
        if (timeLeft != null && !timeLeft.isPositive()) {
            return new Called(RetryPolicy.afterExpiry(), null);
        }
        var overBudget = overBudget(job);
        if (overBudget.isPresent()) {
            return new Called(RetryPolicy.afterBudget(overBudget.get()), null);
        }
        var limit = timeLeft == null || timeLeft.compareTo(timeout) > 0 ? timeout : timeLeft;
        var request = new ChatRequest(job.model(), messages(job.messages()), Json.parseObject(job.params()));
        var reply = stream(endpoint, request, new CallOptions(limit, job.attempt()), job);
        return new Called(switch (reply) {
            case ProviderReply.Answer answer -> completed(job, endpoint, answer);
            case ProviderReply.Failure failure ->
                policy.afterFailure(job, failure, cost(job, endpoint, failure.usage()));
        }, new Heard(endpoint, reply));
    }

    private ProviderReply stream(Providers.Endpoint endpoint, ChatRequest request, CallOptions options,
            ClaimedJob job) throws InterruptedException {
        long beganAt = System.nanoTime();
        try (var span = JobSpans.call(job, endpoint, request);
                var _ = span.enter();
                var text = texts.open(job, () -> metrics.firstText(job, System.nanoTime() - beganAt))) {
            var reply = endpoint.provider().stream(request, options, text);
            JobSpans.replied(span, reply);
            if (reply instanceof ProviderReply.Answer) {
                text.finish();
            }
            return reply;
        }
    }

    /// With the key of the job's lane, or not at all.
    private Providers.Endpoint endpoint(ClaimedJob job) throws InterruptedException {
        return patiently(job, () -> providers.require(job.workspaceId(), job.provider(),
                laneStore.keyScope(job.lane().id())));
    }

    /// The first call was paid for when the job was submitted; the later ones must fit beside what those before have cost.
    private Optional<String> overBudget(ClaimedJob job) throws InterruptedException {
        return job.attempt() == 1 ? Optional.empty()
                : patiently(job, () -> db.transaction(tx -> Holds.extend(tx, job.jobId()))).map(Failure::getMessage);
    }

    /// Waits while the database is away.
    private static <T> T patiently(ClaimedJob job, Supplier<T> question) throws InterruptedException {
        while (true) {
            try {
                return question.get();
            } catch (RuntimeException e) {
                if (!Database.mayPass(e)) {
                    throw e;
                }
                log.warn("job {}: waits for the database: {}", job.jobId(), e.getMessage());
            }
            Thread.sleep(DATABASE_PAUSE);
        }
    }

    private Outcome completed(ClaimedJob job, Providers.Endpoint endpoint, ProviderReply.Answer answer) {
        var usage = answer.usage();
        var cost = cost(job, endpoint, usage);
        var attempt = new Attempt("completed", null, 200, answer.requestId(), null, usage, cost, false);
        return new Outcome.End(attempt, JobStatus.COMPLETED, answer.output(), answer.finishReason(), null, null);
    }

    private @Nullable BigDecimal cost(ClaimedJob job, Providers.Endpoint endpoint, @Nullable Usage usage) {
        return usage == null ? null : costs.cost(endpoint, job.model(), usage).orElse(null);
    }

    private static List<Message> messages(String json) {
        return Json.parse(json).valueStream().map(Worker::message).toList();
    }

    private static Message message(JsonNode node) {
        return new Message(node.get("role").textValue(), node.get("content").textValue());
    }

    /// Records an outcome, through any trouble of the database: a paid answer is not thrown away. One that the database refuses
    /// fails the job, since every other attempt would be paid for and refused as well.
    private void settle(Settlement settlement) {
        var job = settlement.hold();
        while (true) {
            try {
                if (!settler.call(settlement)) {
                    log.warn("job {} epoch {}: the outcome came late and was refused, or is recorded already",
                            job.jobId(), job.epoch());
                }
                return;
            } catch (RuntimeException e) {
                if (!Database.mayPass(e)) {
                    log.error("job {}: the outcome cannot be stored", job.jobId(), e);
                    if (!settlement.outcome().equals(UNSTORABLE)) {
                        settle(new Settlement(job, UNSTORABLE));
                    }
                    return;
                }
                log.warn("job {}: the outcome is kept until the database is back: {}", job.jobId(), e.getMessage());
            } catch (InterruptedException e) {
                log.warn("job {}: stopped before the outcome was stored; another attempt will follow", job.jobId());
                return;
            }
            LockSupport.parkNanos(DATABASE_PAUSE.toNanos());
        }
    }

    private List<Boolean> settleBatch(List<Settlement> settlements) {
        long beganAt = System.nanoTime();
        var applied = db.transaction(tx -> queue.settle(tx, settlements));
        metrics.settled(settlements, applied, System.nanoTime() - beganAt);
        signals.ended().ended(settlements.stream().filter(settlement -> settlement.outcome() instanceof Outcome.End)
                .map(settlement -> settlement.hold().jobId()).toList());
        signals.told().raise();
        return settlements.stream().map(settlement -> applied.contains(settlement.hold().jobId())).toList();
    }

    /// Stops recording; call it when no job is in work any more.
    @Override
    public void close() {
        texts.close();
        settler.close();
    }
}
