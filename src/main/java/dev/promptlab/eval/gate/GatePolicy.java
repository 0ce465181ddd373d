package dev.promptlab.eval.gate;

import java.time.LocalDate;
import java.util.List;

import org.jspecify.annotations.Nullable;

/// What a suite asks for: the key `gate:` of its file. Shares are 0 to 1.
///
/// @param tolerance a drop up to here never blocks, however certain it is
/// @param margin a drop of this size must be excluded to pass
/// @param metrics what must not get worse: `pass`, `score`, or named scores
/// @param tags groups of cases that must not get worse on their own
/// @param minPassRate of the candidate; null = any
/// @param maxCostRise the candidate may cost this share more than the baseline; null = any
/// @param maxLatencyRise as `maxCostRise`, of the 95th percentile of the latency
/// @param maxErrors share of answers that may be errors
/// @param quarantine cases that are left out for a while
public record GatePolicy(double tolerance, double margin, List<String> metrics, List<String> tags,
        @Nullable Double minPassRate, @Nullable Double maxCostRise, @Nullable Double maxLatencyRise, double maxErrors,
        List<Quarantine> quarantine) {

    /// Whether an answer passed, 0 or 1.
    public static final String PASS = "pass";
    /// The weighted mean of its assertions.
    public static final String SCORE = "score";

    public static final GatePolicy DEFAULT = new GatePolicy(0, 0.05, List.of(PASS), List.of(), null, null, null, 0.02,
            List.of());

    /// A case that is known to be unreliable.
    ///
    /// @param until the last day, UTC; from the next on the case counts again
    public record Quarantine(String caseId, LocalDate until, String reason) {
        boolean holds(LocalDate today) {
            return !today.isAfter(until);
        }
    }

    public GatePolicy {
        metrics = metrics.isEmpty() ? List.of(PASS) : List.copyOf(metrics);
        tags = List.copyOf(tags);
        quarantine = List.copyOf(quarantine);
    }
}
