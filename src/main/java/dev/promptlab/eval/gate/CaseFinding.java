package dev.promptlab.eval.gate;

/// A case whose answers differed between the arms, or that must pass and failed, after its re-runs.
///
/// @param improved the candidate passed where the baseline failed
public record CaseFinding(String caseId, CaseRule.Kind kind, CaseRule.Reruns reruns, boolean improved) {}
