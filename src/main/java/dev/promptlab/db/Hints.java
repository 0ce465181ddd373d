package dev.promptlab.db;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the other processes on the same database that something happened, by NOTIFY. Hints are sent after the commit they
/// speak of and coalesced; any of them may be lost, so nobody may depend on one. Thread-safe.
public final class Hints implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Hints.class);
    private static final Duration SEND_PAUSE = Duration.ofMillis(5);
    private static final Duration RECONNECT_PAUSE = Duration.ofSeconds(1);
    private static final int LISTEN_MILLIS = 1_000;

    private final Database db;
    private final DatabaseUrl url;
    private final Map<String, Runnable> onHint;
    private final String self = UUID.randomUUID().toString();
    private final Set<String> pending = ConcurrentHashMap.newKeySet();
    private final Semaphore bell = new Semaphore(0);
    private final Thread sender;
    private final Thread listener;
    private volatile boolean closed;

    private Hints(Database db, DatabaseUrl url, Map<String, Runnable> onHint) {
        this.db = db;
        this.url = url;
        this.onHint = Map.copyOf(onHint);
        this.sender = Thread.ofVirtual().name("hints-send").unstarted(this::sendAll);
        this.listener = Thread.ofVirtual().name("hints-listen").unstarted(this::listenAlways);
    }

    /// @param onHint by channel (a lower-case identifier): called when another process sent one there, and after a time of
    ///        deafness; must be quick
    public static Hints start(Database db, DatabaseUrl url, Map<String, Runnable> onHint) {
        var hints = new Hints(db, url, onHint);
        hints.sender.start();
        hints.listener.start();
        return hints;
    }

    /// Sends soon; returns at once.
    public void send(String channel) {
        if (pending.add(channel)) {
            bell.release();
        }
    }

    private void sendAll() {
        try {
            while (!closed) {
                bell.acquire();
                bell.drainPermits();
                for (var channel : List.copyOf(pending)) {
                    pending.remove(channel);
                    notifyOthers(channel);
                }
                Thread.sleep(SEND_PAUSE);
            }
        } catch (InterruptedException e) {
            // close() interrupts
        }
    }

    private void notifyOthers(String channel) {
        try {
            db.autocommit(handle -> handle.createQuery("select pg_notify(:channel, :self)").bind("channel", channel)
                    .bind("self", self).mapTo(String.class).findOne());
        } catch (RuntimeException e) {
            log.debug("a hint was lost: {}", e.getMessage());
        }
    }

    private void listenAlways() {
        while (!closed) {
            try (var connection = DriverManager.getConnection(url.jdbcUrl(), url.user(), url.password())) {
                listen(connection);
            } catch (SQLException e) {
                log.debug("not listening at the moment: {}", e.getMessage());
                pauseBeforeReconnect();
            }
        }
    }

    private void listen(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            for (var channel : onHint.keySet()) {
                statement.execute("listen " + channel);
            }
        }
        onHint.values().forEach(Runnable::run);
        var postgres = connection.unwrap(PGConnection.class);
        while (!closed) {
            for (var notification : postgres.getNotifications(LISTEN_MILLIS)) {
                if (!notification.getParameter().equals(self)) {
                    onHint.getOrDefault(notification.getName(), () -> {}).run();
                }
            }
        }
    }

    private void pauseBeforeReconnect() {
        try {
            Thread.sleep(RECONNECT_PAUSE);
        } catch (InterruptedException e) {
            // close() interrupts
        }
    }

    @Override
    public void close() {
        closed = true;
        sender.interrupt();
        listener.interrupt();
    }
}
