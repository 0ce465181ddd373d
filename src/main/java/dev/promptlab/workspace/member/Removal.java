package dev.promptlab.workspace.member;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

import dev.promptlab.db.Database;
import dev.promptlab.db.Rounds;
import dev.promptlab.workspace.access.WorkspaceData;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes what deleted workspaces leave behind, a few hundred rows at a time, until nothing is left but the row of the workspace
/// and its audit trail. Any process may do it and stop at any time; one at a time works on a workspace.
public final class Removal implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Removal.class);
    private static final Duration PAUSE = Duration.ofSeconds(5);
    /// Requests that were let in before, here or on another node, have ended by then.
    private static final Duration GRACE = Duration.ofMinutes(2);
    private static final int BATCH = 500;

    private final Database auth;
    private final Database api;
    private final List<WorkspaceData> parts;
    private final Duration grace;
    private final Rounds rounds = new Rounds("workspace-removal", 1);

    Removal(Database auth, Database api, List<WorkspaceData> parts, Duration grace) {
        this.auth = auth;
        this.api = api;
        this.parts = parts;
        this.grace = grace;
    }

    /// @param auth sees which workspaces are deleted
    public static Removal start(Database auth, Database api, List<WorkspaceData> parts) {
        var removal = new Removal(auth, api, parts, GRACE);
        removal.rounds.every(PAUSE, "the removal of deleted workspaces", removal::round);
        return removal;
    }

    /// Goes as far as it can now.
    void round() {
        for (var workspaceId : auth.autocommit(WorkspaceStore::leaving)) {
            boolean done = true;
            for (var part : parts) {
                done &= remove(workspaceId, part);
            }
            if (done) {
                api.inTransaction(workspaceId, tx -> end(tx, workspaceId));
            }
        }
    }

    /// @return whether nothing of this part is left
    private boolean remove(UUID workspaceId, WorkspaceData part) {
        var state = WorkspaceData.Removal.MORE;
        while (state == WorkspaceData.Removal.MORE && !rounds.isClosed()) {
            state = api.transaction(workspaceId, tx -> WorkspaceStore.tryLockLeaving(tx, workspaceId)
                    ? part.removeSome(tx, workspaceId, BATCH) : WorkspaceData.Removal.LATER);
        }
        return state == WorkspaceData.Removal.DONE;
    }

    private void end(Handle tx, UUID workspaceId) {
        MemberStore.deleteAll(tx, workspaceId);
        InvitationStore.deleteAll(tx, workspaceId);
        if (WorkspaceStore.emptied(tx, workspaceId, grace)) {
            log.info("the deleted workspace {} is empty", workspaceId);
        }
    }

    @Override
    public void close() {
        rounds.close();
    }
}
