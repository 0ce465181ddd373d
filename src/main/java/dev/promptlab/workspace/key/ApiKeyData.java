package dev.promptlab.workspace.key;

import java.util.UUID;

import dev.promptlab.db.Database;
import dev.promptlab.workspace.access.WorkspaceData;
import org.jdbi.v3.core.Handle;

/// The API keys of a workspace: everything but the keys and their hashes.
public final class ApiKeyData implements WorkspaceData {
    private static final int PAGE = 200;

    private final Database db;

    public ApiKeyData(Database db) {
        this.db = db;
    }

    @Override
    public void export(UUID workspaceId, Lines out) {
        var all = new ApiKeyStore.Sight(workspaceId, true, null, null);
        UUID before = null;
        for (int size = PAGE; size == PAGE;) {
            var last = before;
            var page = db.autocommit(workspaceId, handle -> ApiKeyStore.list(handle, all, true, last, PAGE));
            for (var key : page) {
                out.line("apiKey", key.toJson());
                before = key.id();
            }
            size = page.size();
        }
    }

    @Override
    public Removal removeSome(Handle tx, UUID workspaceId, int limit) {
        return ApiKeyStore.deleteSome(tx, workspaceId, limit) < limit ? Removal.DONE : Removal.MORE;
    }
}
