package dev.promptlab.job;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.egress.OutgoingUrls;
import dev.promptlab.web.BatchBody;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.Problem;
import dev.promptlab.web.Route;
import dev.promptlab.workspace.access.Caller;
import io.javalin.http.Context;

/// `POST /generate/batch`: many requests in one, each answered by itself.
final class BatchRoutes {
    private static final int MAX_ENTRIES = 10_000;
    /// Entries under way at once; they share transactions with each other.
    private static final int PARALLEL = 256;

    private final Jobs jobs;
    private final BatchBody.Limits limits;
    private final OutgoingUrls urls;

    BatchRoutes(Jobs jobs, BatchBody.Limits limits, OutgoingUrls urls) {
        this.jobs = jobs;
        this.limits = limits;
        this.urls = urls;
    }

    List<Route> routes() {
        return List.of(Route.post("/generate/batch", this::generate));
    }

    private void generate(Context ctx) throws InterruptedException {
        if (ctx.header("Idempotency-Key") != null) {
            throw Failure.Invalid
                    .form("the header Idempotency-Key is not taken for batches; equal entries are one job anyway");
        }
        var answers = submitAll(Caller.of(ctx), Http.batch(ctx, limits), ctx);
        var array = Json.array();
        for (int i = 0; i < answers.size(); i++) {
            array.add(Json.object().put("index", i).setAll(answers.get(i)));
        }
        Http.answer(ctx, 200, array);
    }

    /// @return an answer or an `error` for each entry, in their order
    private List<ObjectNode> submitAll(Caller caller, BatchBody body, Context ctx) throws InterruptedException {
        var answers = new ArrayList<ObjectNode>();
        var free = new Semaphore(PARALLEL);
        for (var entry = body.next(); entry.isPresent(); entry = body.next()) {
            var answer = Json.object();
            answers.add(answer);
            if (answers.size() > MAX_ENTRIES) {
                answer.set("error", Problem.of(new Failure.PayloadTooLarge("a batch takes at most " + MAX_ENTRIES
                        + " entries; this one and what follows was not submitted"), ctx).toJson());
                break;
            }
            var one = entry.get();
            free.acquire();
            Thread.ofVirtual().start(() -> {
                try {
                    answer.setAll(submit(caller, one, ctx));
                } finally {
                    free.release();
                }
            });
        }
        free.acquire(PARALLEL);
        return answers;
    }

    private ObjectNode submit(Caller caller, BatchBody.Entry entry, Context ctx) {
        try {
            return Jobs.Answer.of(jobs.submit(caller, GenerateRequest.parse(entry.require(), urls))).json();
        } catch (InterruptedException | RuntimeException e) {
            return Json.object().set("error", Problem.of(e, ctx).toJson());
        }
    }
}
