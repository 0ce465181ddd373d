package dev.promptlab.job;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.config.Settings;
import dev.promptlab.db.Batcher;
import dev.promptlab.db.Database;
import dev.promptlab.limit.budget.Budgets;
import dev.promptlab.provider.Message;
import dev.promptlab.provider.PriceTable;
import dev.promptlab.provider.ProviderSource;
import dev.promptlab.template.Templates;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Caller;
import org.jspecify.annotations.Nullable;

import static java.util.stream.Collectors.toUnmodifiableSet;

/// Jobs of evaluations: calls that go through the queue like everybody's, with its lanes, retries and budgets, and whoever asked waits for
/// the answer. Thread-safe.
public final class EvaluationJobs implements AutoCloseable {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);
    private static final int LOOKERS = 1;

    /// @param salt tells questions apart that are the same otherwise; the same salt finds the same job
    /// @param priority `high`, `normal` or `low`
    /// @param maxAttempts null = as for other jobs
    /// @param metadata of the job
    public record Question(String provider, String model, List<Message> messages, ObjectNode params, String salt,
            String priority, @Nullable Integer maxAttempts, ObjectNode metadata) {
        public Question {
            messages = List.copyOf(messages);
        }
    }

    /// How a job ended.
    ///
    /// @param output of a completed job
    /// @param errorCode of a failed one
    /// @param attempts calls that were made
    /// @param inputTokens of the call that gave the output, as are `outputTokens`, `costUsd` and `latencyMs`
    /// @param totalUsd of all calls; null = unknown
    public record Reply(UUID jobId, boolean cancelled, Instant createdAt, @Nullable String output,
            @Nullable String finishReason, @Nullable String errorCode, @Nullable String error, int attempts,
            long inputTokens, long outputTokens, @Nullable BigDecimal costUsd, @Nullable BigDecimal totalUsd,
            @Nullable Long latencyMs) {

        static Reply gone(UUID jobId) {
            return new Reply(jobId, false, Instant.EPOCH, null, null, "gone",
                    "the job was removed before its answer was read", 0, 0, 0, null, null, null);
        }
    }

    /// What a case can be made of.
    ///
    /// @param output null when it has none
    public record Example(ObjectNode variables, @Nullable String output) {}

    private record Asked(UUID workspaceId, UUID jobId) {}

    private final Database db;
    private final Signals signals;
    private final Resolver resolver;
    private final NewJobs newJobs;
    private final Submitter submitter;
    private final Batcher<Asked, Optional<Reply>> looks;

    /// @param db requests' pool: it works for one workspace at a time
    public EvaluationJobs(Database db, Templates templates, ProviderSource providers, PriceTable prices,
            Budgets budgets, Signals signals, Settings settings) {
        this.db = db;
        this.signals = signals;
        this.resolver = new Resolver(templates, providers);
        this.newJobs = new NewJobs(new LaneStore(db), new Costs(prices), budgets,
                settings.providers().maxAttempts());
        this.submitter = new Submitter(db, signals);
        this.looks = new Batcher<>("evaluation-answers", LOOKERS, this::look);
    }

    /// The job that answers this: a new one, or the one that exists.
    ///
    /// @throws dev.promptlab.web.Failure.BudgetExceeded when it may cost more than a budget has left
    /// @throws dev.promptlab.web.Failure when it cannot be asked
    public UUID submit(Caller caller, Question question) throws InterruptedException {
        var request = request(question);
        var work = resolver.resolve(caller, request).salted(question.salt());
        return submitter.submit(newJobs.of(caller, work, request), Reuse.ANY).jobId();
    }

    /// Whether [#submit] would find an answer.
    public boolean isKnown(Caller caller, Question question) throws InterruptedException {
        var work = resolver.resolve(caller, request(question)).salted(question.salt());
        return db.autocommit(caller.workspaceId(),
                handle -> EvaluationJobStore.isCompleted(handle, caller.workspaceId(), work.inputHash()));
    }

    private static GenerateRequest request(Question question) {
        var priority = Priority.BY_CODE.getOrDefault(question.priority(), Priority.LOW);
        return new GenerateRequest(null, null, null, question.messages(), question.provider(), question.model(),
                Json.object(), question.params(), priority, question.maxAttempts(), null, null, Reuse.ANY,
                question.metadata(), null);
    }

    /// Waits for the end of a job.
    ///
    /// @param goesOn asked now and then; false = wait no longer
    /// @return empty when nobody waits any longer, since the process stops, too
    public Optional<Reply> await(UUID workspaceId, UUID jobId, BooleanSupplier goesOn) throws InterruptedException {
        try (var watch = signals.ended().watch(jobId)) {
            while (goesOn.getAsBoolean() && !signals.ended().isClosed()) {
                var reply = looks.call(new Asked(workspaceId, jobId));
                if (reply.isPresent()) {
                    return reply;
                }
                watch.await(LOOK_AGAIN);
            }
        }
        return Optional.empty();
    }

    private List<Optional<Reply>> look(List<Asked> asked) {
        var workspaces = asked.stream().map(Asked::workspaceId).collect(toUnmodifiableSet());
        var ids = List.copyOf(new HashSet<>(asked.stream().map(Asked::jobId).toList()));
        var ended = db.autocommit(workspaces, handle -> EvaluationJobStore.ended(handle, ids));
        return asked.stream().map(each -> Optional.ofNullable(ended.get(each.jobId()))).toList();
    }

    /// A job of whatever kind, as an example.
    ///
    /// @throws dev.promptlab.web.Failure.NotFound also for those of another workspace
    public Example example(UUID workspaceId, UUID jobId) {
        var job = db.autocommit(workspaceId, handle -> JobStore.find(handle, workspaceId, jobId))
                .orElseThrow(() -> Http.notFound("job", jobId));
        return new Example(job.variables(), job.result() == null ? null : job.result().output());
    }

    /// Ends a job that waits, and asks for the end of one that runs. One that has ended stays as it is.
    public void cancel(UUID workspaceId, UUID jobId) {
        var wish = db.transaction(workspaceId, tx -> CancelStore.cancel(tx, workspaceId, jobId));
        if (wish.isPresent() && wish.get() == CancelStore.Cancelled.REQUESTED) {
            signals.cancelled().raise();
        } else if (wish.isPresent()) {
            signals.ended().ended(List.of(jobId));
            signals.told().raise();
        }
    }

    @Override
    public void close() {
        submitter.close();
        looks.close();
    }
}
