package dev.promptlab.view;

import java.util.UUID;

import dev.promptlab.db.Database;
import dev.promptlab.workspace.access.WorkspaceData;
import org.jdbi.v3.core.Handle;

/// The saved views of a workspace.
public final class ViewData implements WorkspaceData {
    private final Database db;

    public ViewData(Database db) {
        this.db = db;
    }

    @Override
    public void export(UUID workspaceId, Lines out) {
        db.autocommit(workspaceId, handle -> ViewStore.list(handle, workspaceId, null))
                .forEach(view -> out.line("view", view.toJson()));
    }

    @Override
    public Removal removeSome(Handle tx, UUID workspaceId, int limit) {
        ViewStore.deleteAll(tx, workspaceId);
        return Removal.DONE;
    }
}
