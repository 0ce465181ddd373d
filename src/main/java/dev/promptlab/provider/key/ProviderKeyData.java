package dev.promptlab.provider.key;

import java.util.UUID;

import dev.promptlab.db.Database;
import dev.promptlab.workspace.access.WorkspaceData;
import org.jdbi.v3.core.Handle;

/// A workspace's own ways to providers: everything but the keys.
public final class ProviderKeyData implements WorkspaceData {
    private final Database db;

    public ProviderKeyData(Database db) {
        this.db = db;
    }

    @Override
    public void export(UUID workspaceId, Lines out) {
        db.autocommit(workspaceId, handle -> ProviderKeyStore.list(handle, workspaceId))
                .forEach(key -> out.line("providerKey", key.toJson(key.baseUrl())));
    }

    @Override
    public Removal removeSome(Handle tx, UUID workspaceId, int limit) {
        ProviderKeyStore.deleteAll(tx, workspaceId);
        return Removal.DONE;
    }
}
