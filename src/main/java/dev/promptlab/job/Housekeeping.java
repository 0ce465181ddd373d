package dev.promptlab.job;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

import dev.promptlab.db.Database;
import dev.promptlab.db.HeldSnapshots;
import dev.promptlab.db.Rounds;
import dev.promptlab.event.Events;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the queue's tables small: removes what is past its time, and watches for sessions that keep vacuum from its work. Every
/// worker does it; they step around each other.
final class Housekeeping implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);
    private static final Duration PRUNE_PAUSE = Duration.ofMinutes(10);
    private static final int PRUNE_BATCH = 500;
    /// A snapshot is noticed at most so much later than its limit.
    private static final Duration WATCH_PAUSE = Duration.ofSeconds(5);
    private static final Duration DEFAULT_ALARM = Duration.ofSeconds(50);

    private final Database db;
    private final Database owner;
    private final @Nullable Duration retention;
    private final @Nullable Duration snapshotLimit;
    private final Rounds rounds = new Rounds("housekeeping", 2);
    private final Set<Integer> reported = new HashSet<>();

    private Housekeeping(Database db, Database owner, @Nullable Duration retention, @Nullable Duration snapshotLimit) {
        this.db = db;
        this.owner = owner;
        this.retention = retention;
        this.snapshotLimit = snapshotLimit;
    }

    /// @param owner sees and ends the sessions of its login
    /// @param retention how long jobs are kept after their end; null = for ever
    /// @param snapshotLimit how long a session may sit idle in a transaction; null = it is only reported
    static Housekeeping start(Database db, Database owner, @Nullable Duration retention,
            @Nullable Duration snapshotLimit) {
        var housekeeping = new Housekeeping(db, owner, retention, snapshotLimit);
        housekeeping.rounds.every(PRUNE_PAUSE, "removal of what is past its time", housekeeping::prune);
        housekeeping.rounds.every(WATCH_PAUSE, "the look for old snapshots", housekeeping::watchSnapshots);
        return housekeeping;
    }

    private void prune() {
        db.autocommit(IdempotencyStore::prune);
        Events.prune(db);
        if (retention != null) {
            int pruned = 0;
            for (int batch = PRUNE_BATCH; batch == PRUNE_BATCH && !rounds.isClosed(); pruned += batch) {
                batch = db.transaction(tx -> RetentionStore.prune(tx, retention, PRUNE_BATCH));
            }
            if (pruned > 0) {
                log.info("{} jobs removed that ended more than {} ago", pruned, retention);
            }
        }
    }

    private void watchSnapshots() {
        var limit = snapshotLimit == null ? DEFAULT_ALARM : snapshotLimit;
        var sessions = owner.autocommit(handle -> HeldSnapshots.olderThan(handle, limit));
        for (var session : sessions) {
            if (snapshotLimit != null && session.idle()) {
                boolean ended = owner.autocommit(handle -> HeldSnapshots.end(handle, session));
                log.error("{} sat idle in a transaction with an old snapshot, which slows every claim; {}", session,
                        ended ? "it was ended" : "it could not be ended; end it");
            } else if (reported.add(session.pid())) {
                log.error("{} keeps an old snapshot, which slows every claim; end it if it is not needed", session);
            }
        }
        reported.retainAll(sessions.stream().map(HeldSnapshots.Session::pid).toList());
    }

    @Override
    public void close() {
        rounds.close();
    }
}
