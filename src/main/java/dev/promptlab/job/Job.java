package dev.promptlab.job;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// A job as users see it.
///
/// @param usage sums over all attempts; null fields are unknown, never zero
/// @param detail only when one job was asked for
record Job(
        UUID id,
        JobStatus status,
        Priority priority,
        NewJob.@Nullable TemplateRef template,
        String provider,
        String model,
        ObjectNode variables,
        ObjectNode params,
        InputHash inputHash,
        @Nullable Result result,
        int attempts,
        int maxAttempts,
        Usage usage,
        JsonNode warnings,
        ObjectNode metadata,
        Times times,
        @Nullable Detail detail) {

    /// How it ended.
    ///
    /// @param output of a completed job
    /// @param errorCode of a failed one: the failure class
    record Result(
            @Nullable String output,
            @Nullable String finishReason,
            @Nullable String errorCode,
            @Nullable String error) {}

    record Usage(
            @Nullable Long inputTokens,
            @Nullable Long outputTokens,
            @Nullable Long cachedInputTokens,
            @Nullable BigDecimal costUsd) {

        @Nullable
        Long totalTokens() {
            return inputTokens == null || outputTokens == null ? null : Long.valueOf(inputTokens + outputTokens);
        }
    }

    /// @param runAt when it is due: the time asked for, or of its next attempt
    /// @param expiresAt when it stops being worth the while
    /// @param startedAt of its first attempt
    record Times(
            Instant createdAt,
            Instant updatedAt,
            @Nullable Instant runAt,
            @Nullable Instant expiresAt,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt) {}

    /// @param messages the rendered prompt, a list of `{role, content}`
    /// @param attemptLog list of attempts, oldest first, in the shape of the API
    record Detail(JsonNode messages, JsonNode attemptLog) {}

    /// The job of the API: `docs/api/openapi.yaml`, schema `Job`.
    ObjectNode toJson() {
        var json = Json.object().put("id", id.toString()).put("status", status.code()).put("priority", priority.code());
        putTemplate(json);
        json.put("provider", provider).put("model", model).set("input", variables.get("input"));
        json.set("variables", variables);
        json.set("params", params);
        json.put("inputHash", inputHash.hex());
        json.put("output", result == null ? null : result.output());
        json.put("finishReason", result == null ? null : result.finishReason());
        json.put("error", result == null ? null : result.error());
        json.put("errorCode", result == null ? null : result.errorCode());
        json.put("attempts", attempts).put("maxAttempts", maxAttempts);
        json.put("inputTokens", usage.inputTokens()).put("outputTokens", usage.outputTokens());
        json.put("cachedInputTokens", usage.cachedInputTokens()).put("totalTokens", usage.totalTokens());
        json.put("estimatedCostUSD", usage.costUsd() == null ? null : usage.costUsd().stripTrailingZeros());
        json.set("warnings", warnings);
        json.put("runAt", time(times.runAt())).put("expiresAt", time(times.expiresAt())).put("startedAt",
                time(times.startedAt()));
        json.put("finishedAt", time(times.finishedAt())).put("createdAt", time(times.createdAt()));
        json.put("updatedAt", time(times.updatedAt())).set("metadata", metadata);
        if (detail != null) {
            json.set("messages", detail.messages());
            json.set("attemptLog", detail.attemptLog());
        }
        return json;
    }

    private void putTemplate(ObjectNode json) {
        if (template == null) {
            json.putNull("templateId").putNull("template").putNull("templateVersion");
            return;
        }
        json.put("templateId", template.id().toString()).putObject("template").put("id", template.id().toString())
                .put("name", template.name());
        json.put("templateVersion", template.version());
    }

    private static @Nullable String time(@Nullable Instant instant) {
        return instant == null ? null : Json.time(instant);
    }
}
