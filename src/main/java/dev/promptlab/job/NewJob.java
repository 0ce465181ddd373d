package dev.promptlab.job;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

import dev.promptlab.limit.budget.Claim;
import org.jspecify.annotations.Nullable;

/// A job about to be written: resolved, rendered and hashed.
///
/// @param template null for an ad hoc prompt
/// @param variables JSON object; likewise `params` and `metadata`
/// @param messages JSON list of `{role, content}`, as they go to the provider
/// @param estimatedInputTokens what an attempt of unknown outcome is counted as
/// @param estimatedInputCostUsd null when the price is unknown
/// @param callbackUrl who is to hear of its end; null = nobody
/// @param claim on the budgets of its workspace; null = it has none
record NewJob(
        UUID id,
        UUID workspaceId,
        Kind kind,
        InputHash inputHash,
        int laneId,
        Priority priority,
        @Nullable TemplateRef template,
        String provider,
        String model,
        String variables,
        String params,
        String messages,
        String metadata,
        int maxAttempts,
        @Nullable Instant runAt,
        @Nullable Instant expiresAt,
        long estimatedInputTokens,
        @Nullable BigDecimal estimatedInputCostUsd,
        @Nullable String callbackUrl,
        @Nullable Claim claim) {

    /// What a job is for. Lists and dead letters show generations.
    enum Kind {
        GENERATION, EVALUATION;

        /// As in SQL: `generation evaluation`
        String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Which template version a job runs; the name is the one it had at submit.
    record TemplateRef(UUID id, String name, int version) {}
}
