package dev.promptlab.job;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

import dev.promptlab.db.Database;
import dev.promptlab.limit.budget.Budgets;
import dev.promptlab.limit.budget.Claim;
import dev.promptlab.limit.budget.Holds;
import dev.promptlab.limit.budget.WorstCase;
import dev.promptlab.provider.ProviderSource;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Caller;
import org.jdbi.v3.core.Handle;

/// What jobs that are put back reserve of the budgets: as new ones do, in the name of who puts them back. Finding out what they may
/// cost asks the database for keys, so it comes before the transaction.
///
/// @param budgets tells whether all of this matters
record Reclaims(Database db, Budgets budgets, ProviderSource providers, Costs costs) {
    /// By job; empty when the workspace has no budget.
    Map<UUID, Claim> of(Caller caller, UUID jobId) {
        return !budgets.concern(caller.workspaceId()) ? Map.of() : claims(caller, db.autocommit(caller.workspaceId(),
                handle -> ReclaimStore.ofJob(handle, caller.workspaceId(), jobId)));
    }

    /// As [#of(Caller, UUID)], of the failed jobs of a filter.
    Map<UUID, Claim> of(Caller caller, DeadLetterFilter filter) {
        return !budgets.concern(caller.workspaceId()) ? Map.of() : claims(caller, db.transaction(caller.workspaceId(),
                handle -> ReclaimStore.failed(handle, caller.workspaceId(), filter)));
    }

    private Map<UUID, Claim> claims(Caller caller, List<ReclaimStore.Call> calls) {
        return calls.stream().map(call -> new Claim(call.jobId(), caller.workspaceId(), caller.apiKeyId(),
                worst(caller.workspaceId(), call))).collect(Collectors.toMap(Claim::jobId, claim -> claim));
    }

    private WorstCase worst(UUID workspaceId, ReclaimStore.Call call) {
        try {
            var endpoint = providers.require(workspaceId, call.provider(), call.keyScope());
            return new CallBounds(costs).of(endpoint, call.model(), Json.parseObject(call.params()),
                    call.messageBytes());
        } catch (ProviderSource.NotConfiguredException e) {
            return new WorstCase(null, null, String.valueOf(e.getMessage()));
        }
    }

    /// Last in the transaction that put the jobs back, all or none.
    ///
    /// @param claims of all that might be put back; empty without budgets
    void take(Handle tx, Map<UUID, Claim> claims, Collection<UUID> requeued) {
        if (claims.isEmpty() || requeued.isEmpty()) {
            return;
        }
        if (!claims.keySet().containsAll(requeued)) {
            throw new Failure.Busy("other jobs failed meanwhile; try again", Duration.ofSeconds(1));
        }
        Holds.settle(tx, requeued); // what is left of their earlier life
        var refused = Holds.take(tx, requeued.stream().sorted().map(claims::get).toList()).refused();
        if (!refused.isEmpty()) {
            throw refused.values().iterator().next();
        }
    }
}
