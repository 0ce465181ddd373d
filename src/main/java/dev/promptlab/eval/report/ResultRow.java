package dev.promptlab.eval.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.eval.gate.Arm;
import dev.promptlab.eval.gate.Score;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

import static java.util.stream.Collectors.toMap;

/// One cell of the matrix: a case on an arm, once.
///
/// @param key what the gate pairs: the case, and the arm where several are compared
/// @param arm as in [dev.promptlab.eval.suite.Arm]
/// @param repeat from 0
/// @param output null = there is none
/// @param reason why it passed, failed or is an error
/// @param costUsd of the call behind it, whoever made it; null = unknown
/// @param latencyMs null = from the cache
public record ResultRow(String key, String caseId, String description, JsonNode vars, String arm, Arm side, int repeat,
        Status status, double score, @Nullable String output, String reason, Map<String, Double> metrics,
        List<AssertionResult> assertions, long inputTokens, long outputTokens, @Nullable Double costUsd,
        @Nullable Long latencyMs, boolean cached) {

    /// What became of a cell.
    public enum Status {
        PASS, FAIL, ERROR;

        /// `pass fail error`
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// One assertion of it.
    public record AssertionResult(String type, Status status, double score, String reason) {
        ObjectNode toJson() {
            return Json.object().put("type", type).put("status", status.word()).put("score", score).put("reason",
                    reason);
        }

        static AssertionResult read(JsonNode json) {
            return new AssertionResult(json.path("type").asText(), statusOf(json), json.path("score").asDouble(),
                    json.path("reason").asText());
        }
    }

    public ResultRow {
        metrics = Map.copyOf(metrics);
        assertions = List.copyOf(assertions);
    }

    /// For people: the description, else the first variables, else the id.
    public String title() {
        if (!description.isBlank()) {
            return description;
        }
        return vars.isEmpty() ? caseId : Text.cut(Text.oneLine(Json.text(vars)), 120);
    }

    public boolean passed() {
        return status == Status.PASS;
    }

    public Score toScore() {
        return new Score(key, side, repeat, Math.clamp(score, 0, 1), passed(), status == Status.ERROR, metrics, costUsd,
                latencyMs);
    }

    /// The same for the same answers, but for `execution`.
    public ObjectNode toJson() {
        var json = Json.object().put("key", key).put("caseId", caseId).put("description", description);
        json.set("vars", vars);
        json.put("arm", arm).put("side", side.word()).put("repeat", repeat).put("status", status.word())
                .put("score", score).put("output", output).put("reason", reason);
        var named = json.putObject("metrics");
        new TreeMap<>(metrics).forEach(named::put);
        var list = json.putArray("assertions");
        assertions.forEach(each -> list.add(each.toJson()));
        json.put("inputTokens", inputTokens).put("outputTokens", outputTokens).put("costUsd", costUsd);
        json.putObject("execution").put("latencyMs", latencyMs).put("cached", cached);
        return json;
    }

    public static ResultRow read(JsonNode json) {
        var execution = json.path("execution");
        return new ResultRow(json.path("key").asText(), json.path("caseId").asText(),
                json.path("description").asText(), json.path("vars"), json.path("arm").asText(),
                Arm.valueOf(json.path("side").asText("candidate").toUpperCase(Locale.ROOT)),
                json.path("repeat").asInt(), statusOf(json), json.path("score").asDouble(),
                json.path("output").textValue(), json.path("reason").asText(),
                json.path("metrics").properties().stream()
                        .collect(toMap(Map.Entry::getKey, entry -> entry.getValue().asDouble())),
                json.path("assertions").valueStream().map(AssertionResult::read).toList(),
                json.path("inputTokens").asLong(), json.path("outputTokens").asLong(),
                json.path("costUsd").isNumber() ? json.path("costUsd").asDouble() : null,
                execution.path("latencyMs").isNumber() ? execution.path("latencyMs").asLong() : null,
                execution.path("cached").asBoolean());
    }

    private static Status statusOf(JsonNode json) {
        return Status.valueOf(json.path("status").asText("error").toUpperCase(Locale.ROOT));
    }
}
