package dev.promptlab.workspace.audit;

import java.time.Duration;
import java.util.UUID;

import dev.promptlab.db.Database;
import dev.promptlab.db.Rounds;
import org.jdbi.v3.core.Handle;

/// Puts committed events into the chains of their workspaces, every second. Any process may do it, at any time: the queue of events
/// without a place is filled in the transaction of the event, so none can be passed over, and one at a time works on a chain.
/// Not part of the transaction of the change: changes of a workspace would then wait for each other.
public final class Sealer implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int BATCH = 500;

    private final Database auth;
    private final Database api;
    private final Rounds rounds = new Rounds("audit-seal", 1);

    Sealer(Database auth, Database api) {
        this.auth = auth;
        this.api = api;
    }

    /// @param auth sees which workspaces have something to seal, and nothing of it
    public static Sealer start(Database auth, Database api) {
        var sealer = new Sealer(auth, api);
        sealer.rounds.every(PAUSE, "sealing the audit trail", sealer::sealAll);
        return sealer;
    }

    /// One round.
    void sealAll() {
        for (var workspaceId : auth.autocommit(SealStore::waiting)) {
            int sealed = BATCH;
            while (sealed == BATCH && !rounds.isClosed()) {
                sealed = api.transaction(workspaceId, tx -> seal(tx, workspaceId));
            }
        }
    }

    /// @return how many events got their place
    private static int seal(Handle tx, UUID workspaceId) {
        if (!SealStore.tryLock(tx, workspaceId)) {
            return 0;
        }
        var events = SealStore.take(tx, workspaceId, BATCH);
        if (!events.isEmpty()) {
            SealStore.append(tx, workspaceId,
                    Chain.extend(SealStore.head(tx, workspaceId).orElse(Chain.START), events));
        }
        return events.size();
    }

    @Override
    public void close() {
        rounds.close();
    }
}
