package dev.promptlab.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.egress.OutgoingUrls;
import dev.promptlab.telemetry.Traces;
import dev.promptlab.web.BatchBody;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.Problem;
import dev.promptlab.web.Route;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;

/// `POST /generate/batch`: many requests in one, each answered by itself.
final class BatchRoutes {
    private static final int MAX_ENTRIES = 10_000;
    /// Entries under way at once; they share transactions with each other.
    private static final int PARALLEL = 256;

    /// @param idempotencyKey the header, which holds for each entry by its place; null without one
    private record Batch(Context ctx, Caller caller, @Nullable String idempotencyKey,
            AtomicReference<@Nullable String> budgetWarning) {}

    private final Jobs jobs;
    private final BatchBody.Limits limits;
    private final OutgoingUrls urls;

    BatchRoutes(Jobs jobs, BatchBody.Limits limits, OutgoingUrls urls) {
        this.jobs = jobs;
        this.limits = limits;
        this.urls = urls;
    }

    List<Route> routes() {
        return List.of(Route.post("/generate/batch", Permission.JOBS_WRITE, this::generate));
    }

    private void generate(Context ctx) throws InterruptedException {
        var batch = new Batch(ctx, Caller.of(ctx), IdempotencyKey.header(ctx).orElse(null),
                new AtomicReference<>());
        var replayed = new AtomicInteger();
        var answers = submitAll(batch, Http.batch(ctx, limits), replayed);
        if (replayed.get() > 0 && replayed.get() == answers.size()) {
            ctx.header("Idempotency-Replayed", "true");
        }
        Optional.ofNullable(batch.budgetWarning().get())
                .ifPresent(warning -> ctx.header(JobRoutes.BUDGET_WARNING, warning));
        var array = Json.array();
        for (int i = 0; i < answers.size(); i++) {
            array.add(Json.object().put("index", i).setAll(answers.get(i)));
        }
        Http.answer(ctx, 200, array);
    }

    /// @return an answer or an `error` for each entry, in their order
    private List<ObjectNode> submitAll(Batch batch, BatchBody body, AtomicInteger replayed)
            throws InterruptedException {
        var answers = new ArrayList<ObjectNode>();
        var free = new Semaphore(PARALLEL);
        for (var entry = body.next(); entry.isPresent(); entry = body.next()) {
            var answer = Json.object();
            answers.add(answer);
            if (answers.size() > MAX_ENTRIES) {
                answer.set("error", Problem.of(new Failure.PayloadTooLarge("a batch takes at most " + MAX_ENTRIES
                        + " entries; this one and what follows was not submitted"), batch.ctx()).toJson());
                break;
            }
            var one = entry.get();
            int index = answers.size() - 1;
            free.acquire();
            Thread.ofVirtual().start(Traces.carry(() -> {
                try {
                    answer.setAll(answer(batch, index, one, replayed));
                } finally {
                    free.release();
                }
            }));
        }
        free.acquire(PARALLEL);
        return answers;
    }

    private ObjectNode answer(Batch batch, int index, BatchBody.Entry entry, AtomicInteger replayed) {
        try {
            var answer = submit(batch, index, entry.require());
            if (answer.submission().isEmpty()) {
                replayed.incrementAndGet();
            }
            answer.submission().map(Submission::budgetWarning).ifPresent(batch.budgetWarning()::set);
            return answer.json();
        } catch (InterruptedException | RuntimeException e) {
            return Json.object().set("error", Problem.of(e, batch.ctx()).toJson());
        }
    }

    private Jobs.Answer submit(Batch batch, int index, JsonNode entry) throws InterruptedException {
        var request = GenerateRequest.parse(entry, urls);
        return batch.idempotencyKey() == null ? Jobs.Answer.of(jobs.submit(batch.caller(), request))
                : jobs.submitOnce(batch.caller(), request,
                        IdempotencyKey.ofEntry(batch.caller().workspaceId(), batch.idempotencyKey(), index, entry));
    }
}
