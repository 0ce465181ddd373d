package dev.promptlab.limit.budget;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import dev.promptlab.web.Failure;

/// Decides over jobs in their order: each takes its part of every budget that it counts in, or of none. For one transaction,
/// which holds the locks of the budgets.
final class Admission {
    private final Map<UUID, Budget> budgets = new LinkedHashMap<>();
    private final List<Hold> holds = new ArrayList<>();

    Admission(List<Budget> locked) {
        locked.forEach(budget -> budgets.put(budget.id(), budget));
    }

    /// Empty when the job is taken in.
    Optional<Failure> admit(Claim claim) {
        var concerned = concerned(claim);
        var refusal = concerned.stream().map(budget -> budget.refuse(claim.worst())).flatMap(Optional::stream)
                .findFirst();
        if (refusal.isEmpty()) {
            concerned.forEach(budget -> hold(budget, claim));
        }
        return refusal;
    }

    private void hold(Budget budget, Claim claim) {
        var call = claim.worst().amount();
        budgets.put(budget.id(), budget.holding(call));
        holds.add(new Hold(claim.jobId(), budget.id(), budget.use().start(), claim.workspaceId(), call, call));
    }

    private List<Budget> concerned(Claim claim) {
        return budgets.values().stream().filter(budget -> budget.concerns(claim)).toList();
    }

    List<Hold> holds() {
        return holds;
    }

    Optional<String> warning(Claim claim) {
        return concerned(claim).stream().map(Budget::warning).flatMap(Optional::stream).findFirst();
    }

    /// Those that are to be warned about for the first time in their period.
    List<Budget> newlyWarned() {
        return budgets.values().stream().filter(budget -> budget.use().warnedAt() == null
                && budget.warning().isPresent()).toList();
    }
}
