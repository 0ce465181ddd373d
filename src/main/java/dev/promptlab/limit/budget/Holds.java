package dev.promptlab.limit.budget;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

import dev.promptlab.web.Failure;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What jobs reserve. Everything happens in the caller's transaction, after all else in it: the rows of budgets are locked
/// last.
public final class Holds {
    private static final Logger log = LoggerFactory.getLogger(Holds.class);

    /// What became of claims.
    ///
    /// @param refused why, by job; a refused job must not be committed
    /// @param warnings by job, when a budget that it counts in is nearly gone
    public record Taken(Map<UUID, Failure> refused, Map<UUID, String> warnings) {}

    private Holds() {}

    /// Reserves the worst case of each job in the budgets that concern it, in order, as far as they go.
    public static Taken take(Handle tx, List<Claim> claims) {
        return take(tx, claims, null);
    }

    /// @param now null = the time of the transaction
    static Taken take(Handle tx, List<Claim> claims, @Nullable Instant now) {
        if (claims.isEmpty()) {
            return new Taken(Map.of(), Map.of());
        }
        var workspaces = new HashSet<UUID>();
        var keys = new HashSet<UUID>();
        claims.forEach(claim -> {
            workspaces.add(claim.workspaceId());
            Optional.ofNullable(claim.apiKeyId()).ifPresent(keys::add);
        });
        var admission = new Admission(BudgetStore.lock(tx, workspaces, keys, now));
        var refused = new HashMap<UUID, Failure>();
        claims.forEach(claim -> admission.admit(claim).ifPresent(why -> refused.put(claim.jobId(), why)));
        BudgetStore.hold(tx, admission.holds());
        warn(tx, admission);
        var warnings = new HashMap<UUID, String>();
        claims.forEach(claim -> admission.warning(claim).ifPresent(text -> warnings.put(claim.jobId(), text)));
        return new Taken(refused, warnings);
    }

    private static void warn(Handle tx, Admission admission) {
        for (var budget : admission.newlyWarned()) {
            BudgetStore.warned(tx, budget.id(), budget.use().start());
            log.warn("workspace {}: {}", budget.workspaceId(), budget.warning().orElse(""));
        }
    }

    /// Makes sure before a later call of a job that it fits, too: earlier ones may have cost something.
    ///
    /// @return why the call must not be made; empty = make it
    public static Optional<Failure> extend(Handle tx, UUID jobId) {
        var missing = BudgetStore.missing(tx, jobId).stream().filter(hold -> !hold.amount().isZero()).toList();
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        var budgets = new HashMap<UUID, Budget>();
        BudgetStore.lockOfJob(tx, jobId).forEach(budget -> budgets.put(budget.id(), budget));
        var refusal = missing.stream().map(hold -> Objects.requireNonNull(budgets.get(hold.budgetId()))
                .refuse(new WorstCase(hold.amount().usd(), hold.amount().tokens(), ""))).flatMap(Optional::stream)
                .findFirst();
        if (refusal.isEmpty()) {
            BudgetStore.extend(tx, missing);
        }
        return refusal;
    }

    /// Puts the actual in the place of what was held for jobs. Their attempts are written, and none is under way.
    public static void settle(Handle tx, Collection<UUID> jobIds) {
        if (!jobIds.isEmpty()) {
            BudgetStore.settle(tx, jobIds, false);
        }
    }
}
