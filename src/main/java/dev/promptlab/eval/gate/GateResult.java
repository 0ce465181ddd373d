package dev.promptlab.eval.gate;

import java.util.List;

import dev.promptlab.eval.gate.GatePolicy.Quarantine;
import org.jspecify.annotations.Nullable;

/// What the gate decided, and from what.
///
/// @param reasons sentences for people, the decisive one first; never empty
/// @param comparisons empty without a baseline
/// @param quarantined cases that were left out
/// @param expired cases whose quarantine is over and that count again
/// @param unpaired cases that only one arm has a grade for
public record GateResult(Verdict verdict, List<String> reasons, List<Comparison> comparisons,
        List<CaseFinding> findings, List<Guard> guards, List<Quarantine> quarantined, List<Quarantine> expired,
        int unpaired, Arms arms) {

    /// A fixed limit.
    ///
    /// @param value what it is; null = cannot be told
    public record Guard(String name, double limit, @Nullable Double value, boolean held) {}

    /// Both arms in figures.
    ///
    /// @param baseline null = there is none
    public record Arms(@Nullable Totals baseline, Totals candidate) {}

    /// @param graded answers with a grade
    /// @param costUsd null = unknown for some answer
    /// @param latencyP95Ms null = nothing was measured
    public record Totals(int graded, int passed, int errors, @Nullable Double costUsd, @Nullable Long latencyP95Ms) {
        public double passRate() {
            return graded == 0 ? 0 : (double) passed / graded;
        }
    }

    public GateResult {
        reasons = List.copyOf(reasons);
        comparisons = List.copyOf(comparisons);
        findings = List.copyOf(findings);
        guards = List.copyOf(guards);
        quarantined = List.copyOf(quarantined);
        expired = List.copyOf(expired);
    }
}
