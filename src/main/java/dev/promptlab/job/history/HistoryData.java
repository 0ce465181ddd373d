package dev.promptlab.job.history;

import java.util.UUID;

import dev.promptlab.db.Database;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.WorkspaceData.Lines;
import org.jdbi.v3.core.Handle;

/// The figures of a workspace: their way out, hour by hour, and their end.
public final class HistoryData {
    private HistoryData() {}

    public static void export(Database db, UUID workspaceId, Lines out) {
        for (var kind : HistoryDataStore.Kind.values()) {
            var hours = db.autocommit(workspaceId, handle -> HistoryDataStore.hours(handle, workspaceId, kind));
            for (var hour : hours) {
                db.autocommit(workspaceId, handle -> HistoryDataStore.rows(handle, workspaceId, kind, hour))
                        .forEach(row -> out.line("history", Json.parseObject(row).put("figures", kind.code())));
            }
        }
    }

    /// Once the workspace has no jobs any more, so that no more figures come.
    public static void removeAll(Handle tx, UUID workspaceId) {
        HistoryDataStore.removeAll(tx, workspaceId);
    }
}
