/// Decides whether a candidate is worse than its baseline: PASS, REGRESSED or INCONCLUSIVE. Read [Gate] first, then [CaseRule].
///
/// Always holds: what was run again to understand a case never reaches the test over the suite; an error is neither a pass nor a
/// failure; whatever was left out of a decision is part of its result.
@NullMarked
package dev.promptlab.eval.gate;

import org.jspecify.annotations.NullMarked;
