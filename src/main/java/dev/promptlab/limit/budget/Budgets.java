package dev.promptlab.limit.budget;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.promptlab.db.Database;
import dev.promptlab.db.Ids;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Audit;
import dev.promptlab.workspace.access.Caller;
import org.jdbi.v3.core.Handle;

/// Sets budgets and shows what is left of them. Thread-safe.
public final class Budgets {
    /// How long another process may go on without the first budget of a workspace, the look for it included: 2 s.
    private static final Duration MEMORY = Duration.ofSeconds(1);
    private static final int MAX_WORKSPACES = 10_000;
    private static final int MAX_BUDGETS = 200;

    private final Database db;
    private final LoadingCache<UUID, Boolean> known;

    public Budgets(Database db) {
        this.db = db;
        this.known = Caffeine.newBuilder().expireAfterWrite(MEMORY).maximumSize(MAX_WORKSPACES)
                .build(workspaceId -> db.autocommit(workspaceId, handle -> BudgetStore.any(handle, workspaceId)));
    }

    /// Whether the jobs of a workspace need a [Claim]. From memory, so that those without budgets pay nothing; the decision about
    /// a claim is the database's.
    public boolean concern(UUID workspaceId) {
        return known.get(workspaceId);
    }

    List<Budget> list(UUID workspaceId) {
        return db.autocommit(workspaceId, handle -> BudgetStore.list(handle, workspaceId));
    }

    Budget create(Caller caller, Draft draft) {
        var budget = db.transaction(caller.workspaceId(), tx -> create(tx, caller, draft));
        known.invalidate(caller.workspaceId());
        return budget;
    }

    private static Budget create(Handle tx, Caller caller, Draft draft) {
        var workspaceId = caller.workspaceId();
        if (draft.apiKeyId() != null && !BudgetStore.knowsKey(tx, workspaceId, draft.apiKeyId())) {
            throw Failure.Invalid.field("apiKeyId", "is no API key of this workspace that holds");
        }
        if (BudgetStore.list(tx, workspaceId).size() >= MAX_BUDGETS) {
            throw new Failure.Conflict("a workspace has at most " + MAX_BUDGETS + " budgets");
        }
        var id = Ids.next();
        if (!BudgetStore.insert(tx, id, workspaceId, draft)) {
            throw new Failure.Conflict("there is a budget for this scope and period already; change it with PUT");
        }
        var budget = require(tx, workspaceId, id);
        Audit.record(tx, caller, "budget.create", id.toString(), details(budget));
        return budget;
    }

    Budget setLimit(Caller caller, UUID id, Limit limit) {
        return db.transaction(caller.workspaceId(), tx -> {
            if (!BudgetStore.setLimit(tx, caller.workspaceId(), id, limit)) {
                throw Http.notFound("budget", id);
            }
            var budget = require(tx, caller.workspaceId(), id);
            Audit.record(tx, caller, "budget.change", id.toString(), details(budget));
            return budget;
        });
    }

    /// Whatever it held is forgotten; jobs that are under way go on.
    void delete(Caller caller, UUID id) {
        db.inTransaction(caller.workspaceId(), tx -> {
            if (!BudgetStore.delete(tx, caller.workspaceId(), id)) {
                throw Http.notFound("budget", id);
            }
            Audit.record(tx, caller, "budget.remove", id.toString(), Json.object());
        });
        known.invalidate(caller.workspaceId());
    }

    /// Gives back what calls without a known bill may have cost: somebody has looked at the provider's bill.
    Budget releaseUnknown(Caller caller, UUID id) {
        return db.transaction(caller.workspaceId(), tx -> {
            var before = require(tx, caller.workspaceId(), id);
            BudgetStore.releaseUnknown(tx, caller.workspaceId(), id);
            Audit.record(tx, caller, "budget.release", id.toString(), details(before)
                    .put("unknownUSD", before.use().unknown().usd())
                    .put("unknownTokens", before.use().unknown().tokens()));
            return require(tx, caller.workspaceId(), id);
        });
    }

    private static ObjectNode details(Budget budget) {
        return Json.object().put("apiKeyId", budget.apiKeyId() == null ? null : budget.apiKeyId().toString())
                .put("period", budget.period().code()).put("limitUSD", budget.limit().usd())
                .put("limitTokens", budget.limit().tokens());
    }

    private static Budget require(Handle tx, UUID workspaceId, UUID id) {
        return BudgetStore.find(tx, workspaceId, id).orElseThrow(() -> Http.notFound("budget", id));
    }
}
