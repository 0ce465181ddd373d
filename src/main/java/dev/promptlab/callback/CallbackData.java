package dev.promptlab.callback;

import java.util.UUID;

import dev.promptlab.db.Database;
import dev.promptlab.workspace.access.WorkspaceData;
import org.jdbi.v3.core.Handle;

/// The callbacks of a workspace, and what they are signed with. A callback goes with its job.
public final class CallbackData implements WorkspaceData {
    private static final int PAGE = 200;

    private final Database db;

    public CallbackData(Database db) {
        this.db = db;
    }

    @Override
    public void export(UUID workspaceId, Lines out) {
        UUID after = null;
        for (int size = PAGE; size == PAGE;) {
            var last = after;
            var page = db.autocommit(workspaceId, handle -> CallbackStore.page(handle, workspaceId, last, PAGE));
            for (var entry : page) {
                out.line("callback", entry.callback().toJson().put("jobId", entry.jobId().toString()));
                after = entry.jobId();
            }
            size = page.size();
        }
    }

    /// The secret goes last: a call that is still to be made would need a new one.
    @Override
    public Removal removeSome(Handle tx, UUID workspaceId, int limit) {
        if (!CallbackStore.page(tx, workspaceId, null, 1).isEmpty()) {
            return Removal.LATER;
        }
        SecretStore.delete(tx, workspaceId);
        return Removal.DONE;
    }
}
