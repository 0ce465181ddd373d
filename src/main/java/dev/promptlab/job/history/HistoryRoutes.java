package dev.promptlab.job.history;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.db.Database;
import dev.promptlab.web.Fields;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.Route;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import io.javalin.http.Context;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// `/stats`: figures of a range, lines for charts, and what templates were used for.
public final class HistoryRoutes {
    private static final Duration WEEK = Duration.ofDays(7);
    private static final int USUAL_TOP = 6;
    private static final int MOST_TOP = 20;
    private static final int CALLS = 0;
    private static final int COST = 1;
    private static final int INPUT = 2;
    private static final int OUTPUT = 3;
    private static final SequencedMap<String, Integer> TOKENS = new LinkedHashMap<>();
    static {
        TOKENS.put("inputTokens", INPUT);
        TOKENS.put("outputTokens", OUTPUT);
    }

    /// What a chart shows, and by what it can be told apart; the first is usual.
    private enum Metric {
        JOBS("jobs", "status provider model template none"),
        COST("cost", "provider model template none"),
        TOKENS("tokens", "none provider model template"),
        ERRORS("errors", "failure provider model template none"),
        LATENCY("latency", "provider model none"),
        QUEUE_WAIT("queueWait", "none provider model");

        static final Map<String, Metric> BY_CODE = Arrays.stream(values())
                .collect(Collectors.toUnmodifiableMap(metric -> metric.code, Function.identity()));

        private final String code;
        private final String dimensions;

        Metric(String code, String dimensions) {
            this.code = code;
            this.dimensions = dimensions;
        }

        List<String> dimensions() {
            return List.of(dimensions.split(" ", -1));
        }
    }

    private record Question(Metric metric, String by, Range range, Duration step, int top) {
        int buckets() {
            return range.buckets(step);
        }
    }

    private final Database db;

    public HistoryRoutes(Database db) {
        this.db = db;
    }

    public List<Route> routes() {
        return List.of(Route.get("/stats/summary", Permission.JOBS_READ, this::summary),
                Route.get("/stats/series", Permission.JOBS_READ, this::series),
                Route.get("/stats/templates", Permission.JOBS_READ, this::templates));
    }

    private void summary(Context ctx) {
        ObjectNode answer = db.autocommit(workspace(ctx), handle -> {
            var now = HistoryStore.now(handle);
            var in = Fields.ofQuery(ctx);
            var range = Range.of(in, now.time());
            boolean compare = in.flag("compare");
            in.check();
            var json = head(range, now);
            json.set("current", figures(handle, workspace(ctx), range));
            json.set("previous", compare ? figures(handle, workspace(ctx), range.previous()) : null);
            return json;
        });
        Http.answer(ctx, 200, answer);
    }

    private static ObjectNode figures(Handle handle, UUID workspaceId, Range range) {
        var jobs = HistoryStore.endings(handle, workspaceId, range);
        var calls = HistoryStore.calls(handle, workspaceId, range);
        var json = Json.object().put("from", Json.time(range.from())).put("to", Json.time(range.to()));
        put(json, jobs);
        json.put("successRate", rate(jobs)).put("calls", calls.calls()).put("inputTokens", calls.inputTokens())
                .put("outputTokens", calls.outputTokens()).put("cachedInputTokens", calls.cachedInputTokens())
                .put("estimatedCostUSD", plain(calls.costUsd())).put("unpricedCalls", calls.unpriced());
        json.set("latencyMs", quantiles(handle, workspaceId, range, "call"));
        json.set("queueWaitMs", quantiles(handle, workspaceId, range, "wait"));
        return json;
    }

    private static void put(ObjectNode json, HistoryStore.Endings jobs) {
        json.put("jobs", jobs.completed() + jobs.failed() + jobs.cancelled()).put("completed", jobs.completed())
                .put("failed", jobs.failed()).put("cancelled", jobs.cancelled());
    }

    private static @Nullable Double rate(HistoryStore.Endings jobs) {
        long judged = jobs.completed() + jobs.failed();
        return judged == 0 ? null : (double) jobs.completed() / judged;
    }

    private static @Nullable ObjectNode quantiles(Handle handle, UUID workspaceId, Range range,
            String kind) {
        return Series.quantiles(HistoryStore.times(handle, workspaceId, range, range.length(), kind, "none"));
    }

    private void series(Context ctx) {
        ObjectNode answer = db.autocommit(workspace(ctx), handle -> {
            var now = HistoryStore.now(handle);
            var question = question(Fields.ofQuery(ctx), now);
            var json = head(question.range(), now).put("metric", question.metric().code).put("by", question.by())
                    .put("stepSeconds", question.step().toSeconds());
            var times = json.putArray("buckets");
            for (int i = 0; i < question.buckets(); i++) {
                times.add(Json.time(question.range().from().plus(question.step().multipliedBy(i))));
            }
            json.set("series", lines(handle, workspace(ctx), question));
            return json;
        });
        Http.answer(ctx, 200, answer);
    }

    private static Question question(Fields in, HistoryStore.Now now) {
        var metric = in.oneOf("metric", Metric.BY_CODE);
        if (!in.has("metric")) {
            in.reject("metric",
                    "is required: one of " + String.join(", ", Metric.BY_CODE.keySet().stream().sorted().toList()));
        }
        var known = metric == null ? Metric.JOBS : metric;
        var by = in.oneOf("by", known.dimensions());
        var range = Range.of(in, now.time());
        var step = range.step(in);
        var top = in.integer("top", 1, MOST_TOP);
        in.check();
        return new Question(known, by == null ? known.dimensions().getFirst() : by, range, step,
                top == null ? USUAL_TOP : top);
    }

    private static ArrayNode lines(Handle handle, UUID workspaceId, Question asked) {
        return switch (asked.metric()) {
            case JOBS -> Series.sums(
                    HistoryStore.endings(handle, workspaceId, asked.range(), asked.step(), asked.by()),
                    asked.buckets(), asked.top(), Map.of("jobs", 0));
            case COST -> calls(handle, workspaceId, asked, Map.of("costUSD", COST));
            case TOKENS -> calls(handle, workspaceId, asked, TOKENS);
            case ERRORS -> calls(handle, workspaceId, asked, Map.of("calls", CALLS));
            case LATENCY -> times(handle, workspaceId, asked, "call");
            case QUEUE_WAIT -> times(handle, workspaceId, asked, "wait");
        };
    }

    private static ArrayNode calls(Handle handle, UUID workspaceId, Question asked, Map<String, Integer> measures) {
        return Series.sums(HistoryStore.calls(handle, workspaceId, asked.range(), asked.step(), asked.by(),
                asked.metric() == Metric.ERRORS), asked.buckets(), asked.top(), measures);
    }

    private static ArrayNode times(Handle handle, UUID workspaceId, Question asked, String kind) {
        return Series.quantiles(
                HistoryStore.times(handle, workspaceId, asked.range(), asked.step(), kind, asked.by()),
                asked.buckets(), asked.top());
    }

    private void templates(Context ctx) {
        ObjectNode answer = db.autocommit(workspace(ctx), handle -> {
            var now = HistoryStore.now(handle);
            var in = Fields.ofQuery(ctx);
            var range = Range.of(in, now.time(), WEEK);
            in.check();
            var json = head(range, now);
            var array = json.putArray("templates");
            for (var one : HistoryStore.templates(handle, workspace(ctx), range)) {
                var figures = array.addObject().put("templateId", one.templateId().toString());
                put(figures, one.jobs());
                figures.put("estimatedCostUSD", plain(one.costUsd())).put("unpricedCalls", one.unpriced());
            }
            return json;
        });
        Http.answer(ctx, 200, answer);
    }

    private static ObjectNode head(Range range, HistoryStore.Now now) {
        var rolledTo = now.rolledTo();
        return Json.object().put("from", Json.time(range.from())).put("to", Json.time(range.to()))
                .put("rolledUpTo", rolledTo == null ? null : Json.time(rolledTo));
    }

    private static BigDecimal plain(BigDecimal money) {
        return money.stripTrailingZeros();
    }

    private static UUID workspace(Context ctx) {
        return Caller.of(ctx).workspaceId();
    }
}
