package dev.promptlab.workspace.key;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.promptlab.db.Database;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes down when keys were used last, away from the requests: many uses are one write, and each key is written at most once a
/// minute over all processes. Thread-safe.
final class LastUses implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LastUses.class);
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final Database db;
    private final Set<UUID> used = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService clock = Executors
            .newSingleThreadScheduledExecutor(Thread.ofVirtual().name("api-key-uses").factory());

    private LastUses(Database db) {
        this.db = db;
    }

    static LastUses start(Database db) {
        var uses = new LastUses(db);
        var _ = uses.clock.scheduleWithFixedDelay(uses::write, PAUSE.toMillis(), PAUSE.toMillis(),
                TimeUnit.MILLISECONDS);
        return uses;
    }

    void note(UUID keyId) {
        used.add(keyId);
    }

    private void write() {
        var ids = List.copyOf(used);
        if (ids.isEmpty()) {
            return;
        }
        ids.forEach(used::remove);
        try {
            db.inTransaction(tx -> ApiKeyStore.used(tx, ids));
        } catch (RuntimeException e) {
            log.debug("uses of {} API keys were not written down: {}", ids.size(), e.getMessage());
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
        write();
    }
}
