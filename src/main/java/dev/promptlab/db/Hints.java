package dev.promptlab.db;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
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
    private final String channel;
    private final Runnable onHint;
    private final String self = UUID.randomUUID().toString();
    private final Semaphore pending = new Semaphore(0);
    private final Thread sender;
    private final Thread listener;
    private volatile boolean closed;

    private Hints(Database db, DatabaseUrl url, String channel, Runnable onHint) {
        this.db = db;
        this.url = url;
        this.channel = channel;
        this.onHint = onHint;
        this.sender = Thread.ofVirtual().name("hints-send").unstarted(this::sendAll);
        this.listener = Thread.ofVirtual().name("hints-listen").unstarted(this::listenAlways);
    }

    /// @param channel a lower-case identifier
    /// @param onHint called when another process sent one, and after a time of deafness; must be quick
    public static Hints start(Database db, DatabaseUrl url, String channel, Runnable onHint) {
        var hints = new Hints(db, url, channel, onHint);
        hints.sender.start();
        hints.listener.start();
        return hints;
    }

    /// Sends soon; returns at once.
    public void send() {
        if (pending.availablePermits() == 0) {
            pending.release();
        }
    }

    private void sendAll() {
        try {
            while (!closed) {
                pending.acquire();
                pending.drainPermits();
                notifyOthers();
                Thread.sleep(SEND_PAUSE);
            }
        } catch (InterruptedException e) {
            // close() interrupts
        }
    }

    private void notifyOthers() {
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
            statement.execute("listen " + channel);
        }
        onHint.run();
        var postgres = connection.unwrap(PGConnection.class);
        while (!closed) {
            for (var notification : postgres.getNotifications(LISTEN_MILLIS)) {
                if (!notification.getParameter().equals(self)) {
                    onHint.run();
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
