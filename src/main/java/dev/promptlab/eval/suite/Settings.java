package dev.promptlab.eval.suite;

import java.math.BigDecimal;
import java.util.List;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/// What stands under `promptlab:`. Checked; defaults filled in.
///
/// @param template the template instead of `prompts:`, as `key`, `key@version` or `key@label`
/// @param baseline label, version, run id or file to compare with
/// @param gate the gate's own keys, numbers and texts checked for their names only
/// @param repeats of each case, unless it says otherwise
/// @param candidate as the flag of the same name; null = everything that is not the baseline
/// @param cluster the variable or metadata key whose value is a case's cluster
/// @param maxUsd null = no bound
/// @param maxCalls null = no bound
/// @param judgeModel `provider:model`; null = the run decides
/// @param votes 1, 3 or 5
/// @param strictVars an undefined variable is a problem
public record Settings(
        @Nullable String template,
        @Nullable String baseline,
        @Nullable String candidate,
        ObjectNode gate,
        int repeats,
        @Nullable String cluster,
        List<String> tags,
        @Nullable BigDecimal maxUsd,
        @Nullable Long maxCalls,
        @Nullable String judgeModel,
        int votes,
        boolean strictVars) {}
