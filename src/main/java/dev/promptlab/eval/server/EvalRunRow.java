package dev.promptlab.eval.server;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.eval.run.RunSpec;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import org.jspecify.annotations.Nullable;

/// A run as it is stored.
///
/// @param suite `{id, key, name}`
/// @param baseline an arm of the suite, or the name of another run
/// @param baselineRunId what the name meant when the run began; null = an arm, or none
/// @param template what was tested: `{id, name, version}`; null = prompts of the suite's own
/// @param summary the result without rows; null = there is none yet
/// @param findings what re-runs have shown, as [Findings] writes it
record EvalRunRow(UUID id, UUID workspaceId, ObjectNode suite, int suiteVersion, String status,
        @Nullable String verdict, @Nullable String error, @Nullable String errorCode, boolean cancelRequested,
        @Nullable String candidate, @Nullable String baseline, @Nullable UUID baselineRunId,
        @Nullable ObjectNode template, Settings settings, Figures figures, JsonNode grading, String questions,
        @Nullable JsonNode summary, @Nullable JsonNode findings, Who who, int epoch, Instant createdAt,
        @Nullable Instant startedAt, @Nullable Instant finishedAt, Instant updatedAt) {

    /// What was asked for.
    ///
    /// @param inconclusiveFails whether the suite says so; for exit codes
    /// @param prompts versions of the suite's template, as `key@version`
    record Settings(@Nullable Integer repeats, @Nullable String filter, int concurrency, String priority, boolean cache,
            @Nullable Long maxCalls, @Nullable BigDecimal maxUsd, boolean inconclusiveFails, List<String> prompts) {
        Settings {
            prompts = List.copyOf(prompts);
        }

        ObjectNode toJson() {
            var json = Json.object().put("repeats", repeats).put("filter", filter).put("concurrency", concurrency)
                    .put("priority", priority).put("cache", cache).put("maxCalls", maxCalls).put("maxUsd", maxUsd)
                    .put("inconclusiveFails", inconclusiveFails);
            prompts.forEach(json.putArray("prompts")::add);
            return json;
        }

        static Settings read(JsonNode json) {
            return new Settings(json.path("repeats").isNumber() ? json.path("repeats").intValue() : null,
                    json.path("filter").textValue(), json.path("concurrency").asInt(), json.path("priority").asText(),
                    json.path("cache").asBoolean(),
                    json.path("maxCalls").isNumber() ? json.path("maxCalls").longValue() : null,
                    json.path("maxUsd").isNumber() ? json.path("maxUsd").decimalValue() : null,
                    json.path("inconclusiveFails").asBoolean(),
                    json.path("prompts").valueStream().map(JsonNode::asText).toList());
        }

        Settings withBudget(@Nullable Long calls, @Nullable BigDecimal usd) {
            return new Settings(repeats, filter, concurrency, priority, cache, calls == null ? maxCalls : calls,
                    usd == null ? maxUsd : usd, inconclusiveFails, prompts);
        }
    }

    /// How far it is.
    ///
    /// @param spentUsd null = some price is unknown
    /// @param difference null = nothing to compare
    record Figures(long done, long total, long errors, long cacheHits, long calls, @Nullable BigDecimal spentUsd,
            @Nullable Double difference) {
        ObjectNode toJson() {
            return Json.object().put("done", done).put("total", total).put("errors", errors)
                    .put("cacheHits", cacheHits).put("calls", calls)
                    .put("spentUSD", spentUsd == null ? null : spentUsd.stripTrailingZeros())
                    .put("difference", difference);
        }
    }

    /// Who started it; its jobs are theirs.
    record Who(String name, @Nullable UUID userId, @Nullable UUID apiKeyId) {}

    Caller caller() {
        return new Caller(workspaceId, who.name(), who.userId(), who.apiKeyId(), Set.of(Permission.JOBS_WRITE));
    }

    UUID suiteId() {
        return UUID.fromString(suite.path("id").asText());
    }

    boolean hasEnded() {
        return finishedAt != null;
    }

    /// As the run package has it.
    RunSpec spec() {
        return new RunSpec(id.toString(), startedAt == null ? createdAt : startedAt,
                suite.path("key").asText() + ".eval.yaml", candidate, baseline, settings.repeats(), settings.filter(),
                settings.maxCalls(), settings.maxUsd(), settings.concurrency(), settings.cache());
    }

    ObjectNode toJson() {
        var json = Json.object().put("id", id.toString());
        json.set("suite", suite);
        json.put("suiteVersion", suiteVersion).put("status", status).put("verdict", verdict).put("error", error)
                .put("errorCode", errorCode).put("cancelRequested", cancelRequested && !hasEnded())
                .put("candidate", candidate)
                .put("baseline", baseline);
        json.set("template", template);
        json.put("repeats", settings.repeats()).put("concurrency", settings.concurrency())
                .put("filter", settings.filter());
        json.putObject("budget").put("calls", settings.maxCalls()).put("usd", settings.maxUsd());
        json.put("inconclusiveFails", settings.inconclusiveFails());
        json.put("cache", settings.cache()).put("priority", settings.priority());
        json.set("progress", figures.toJson());
        return json.put("createdBy", who.name()).put("createdAt", Json.time(createdAt))
                .put("startedAt", time(startedAt)).put("finishedAt", time(finishedAt))
                .put("updatedAt", Json.time(updatedAt));
    }

    ObjectNode toFullJson() {
        var json = toJson();
        json.set("summary", summary);
        return json;
    }

    private static @Nullable String time(@Nullable Instant time) {
        return time == null ? null : Json.time(time);
    }
}
