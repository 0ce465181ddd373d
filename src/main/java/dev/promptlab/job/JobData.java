package dev.promptlab.job;

import java.util.List;
import java.util.UUID;

import dev.promptlab.db.Database;
import dev.promptlab.job.history.HistoryData;
import dev.promptlab.workspace.access.WorkspaceData;
import org.jdbi.v3.core.Handle;

/// The jobs of a workspace with their results and attempts, and the figures about them.
public final class JobData implements WorkspaceData {
    private static final int PAGE = 500;

    private final Database db;
    private final Signals signals;

    public JobData(Database db, Signals signals) {
        this.db = db;
        this.signals = signals;
    }

    /// One job at a time: prompts and outputs may be large, ids are not.
    @Override
    public void export(UUID workspaceId, Lines out) {
        UUID after = null;
        for (int size = PAGE; size == PAGE;) {
            var last = after;
            var page = db.autocommit(workspaceId, handle -> JobDataStore.ids(handle, workspaceId, last, PAGE));
            for (var id : page) {
                db.autocommit(workspaceId, handle -> JobStore.find(handle, workspaceId, id))
                        .ifPresent(job -> out.line("job", job.toJson()));
                after = id;
            }
            size = page.size();
        }
        HistoryData.export(db, workspaceId, out);
    }

    /// Ends what waits, asks the workers to end what runs, and removes what has ended.
    @Override
    public Removal removeSome(Handle tx, UUID workspaceId, int limit) {
        List<UUID> waiting = JobDataStore.lockWaiting(tx, workspaceId, limit);
        CancelStore.endCancelled(tx, waiting);
        if (JobDataStore.cancelRunning(tx, workspaceId) > 0) {
            signals.cancelled().raise();
        }
        boolean full = waiting.size() == limit || JobDataStore.deleteEnded(tx, workspaceId, limit) == limit
                || JobDataStore.deleteIdempotencyKeys(tx, workspaceId, limit) == limit;
        if (full) {
            return Removal.MORE;
        }
        if (!JobDataStore.isEmpty(tx, workspaceId)) {
            return Removal.LATER;
        }
        HistoryData.removeAll(tx, workspaceId);
        return Removal.DONE;
    }
}
