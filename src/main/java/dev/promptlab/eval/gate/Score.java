package dev.promptlab.eval.gate;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/// One graded answer.
///
/// @param caseId as in [CaseFacts]
/// @param repeat from 0
/// @param score 0 to 1
/// @param error no answer or no grade; `score` and `pass` then say nothing
/// @param metrics named scores, 0 to 1
/// @param costUsd null = unknown
/// @param latencyMs null = not measured, because the answer came from a cache
public record Score(String caseId, Arm arm, int repeat, double score, boolean pass, boolean error,
        Map<String, Double> metrics, @Nullable Double costUsd, @Nullable Long latencyMs) {
    public Score {
        metrics = Map.copyOf(metrics);
    }
}
