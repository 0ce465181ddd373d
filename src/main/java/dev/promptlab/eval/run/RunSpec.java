package dev.promptlab.eval.run;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// What was asked for when a run began: `run.json` in its folder, so that `resume` and `regrade` ask for the same.
///
/// @param suiteFile path of the suite
/// @param candidate see [Plan]; null = every other arm
/// @param baseline an arm of the suite, a result file, a run id or a label; null = none
/// @param repeats null = as the suite says
/// @param filter null = every case
/// @param maxCalls null = no bound
/// @param maxUsd null = no bound
public record RunSpec(String runId, Instant startedAt, String suiteFile, @Nullable String candidate,
        @Nullable String baseline, @Nullable Integer repeats, @Nullable String filter, @Nullable Long maxCalls,
        @Nullable BigDecimal maxUsd, int concurrency, boolean cache) {

    public RunSpec withBudget(Optional<Long> calls, Optional<BigDecimal> usd) {
        return new RunSpec(runId, startedAt, suiteFile, candidate, baseline, repeats, filter, calls.orElse(maxCalls),
                usd.orElse(maxUsd), concurrency, cache);
    }

    ObjectNode toJson() {
        return Json.object().put("runId", runId).put("startedAt", startedAt.toString()).put("suiteFile", suiteFile)
                .put("candidate", candidate).put("baseline", baseline).put("repeats", repeats).put("filter", filter)
                .put("maxCalls", maxCalls).put("maxUsd", maxUsd).put("concurrency", concurrency).put("cache", cache);
    }

    static RunSpec read(JsonNode json) {
        return new RunSpec(json.path("runId").asText(), Instant.parse(json.path("startedAt").asText()),
                json.path("suiteFile").asText(), json.path("candidate").textValue(),
                json.path("baseline").textValue(),
                json.path("repeats").isNumber() ? json.path("repeats").intValue() : null,
                json.path("filter").textValue(),
                json.path("maxCalls").isNumber() ? json.path("maxCalls").longValue() : null,
                json.path("maxUsd").isNumber() ? json.path("maxUsd").decimalValue() : null,
                json.path("concurrency").asInt(4), json.path("cache").asBoolean(true));
    }
}
