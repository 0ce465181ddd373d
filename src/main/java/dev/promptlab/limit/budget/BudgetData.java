package dev.promptlab.limit.budget;

import java.util.UUID;

import dev.promptlab.db.Database;
import dev.promptlab.workspace.access.WorkspaceData;
import org.jdbi.v3.core.Handle;

/// The budgets of a workspace, with what is used of each period.
public final class BudgetData implements WorkspaceData {
    private final Database db;

    public BudgetData(Database db) {
        this.db = db;
    }

    @Override
    public void export(UUID workspaceId, Lines out) {
        db.autocommit(workspaceId, handle -> BudgetStore.history(handle, workspaceId))
                .forEach(budget -> out.line("budget", budget.toJson()));
    }

    @Override
    public Removal removeSome(Handle tx, UUID workspaceId, int limit) {
        if (BudgetStore.deleteSomeHolds(tx, workspaceId, limit) == limit) {
            return Removal.MORE;
        }
        BudgetStore.deleteAll(tx, workspaceId);
        return Removal.DONE;
    }
}
