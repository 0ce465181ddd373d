package dev.promptlab.cache;

import java.util.UUID;

import dev.promptlab.db.Database;
import dev.promptlab.workspace.access.WorkspaceData;
import org.jdbi.v3.core.Handle;

/// What reuse has saved a workspace. Copies of results leave the caches by themselves, as their time is over.
public record CacheData(Database db) implements WorkspaceData {
    private static final int EVER = 1_000_000;

    @Override
    public void export(UUID workspaceId, Lines out) {
        db.autocommit(workspaceId, handle -> FigureStore.days(handle, workspaceId, EVER))
                .forEach(day -> out.line("cacheDay", CacheJson.day(day)));
    }

    @Override
    public Removal removeSome(Handle tx, UUID workspaceId, int limit) {
        FigureStore.deleteAll(tx, workspaceId);
        return Removal.DONE;
    }
}
