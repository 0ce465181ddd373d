package dev.promptlab.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

import dev.promptlab.db.DatabaseUrl;

/// A transaction of another session that keeps PostgreSQL from removing what was deleted since: a forgotten report, a dump.
public final class HeldSnapshot implements AutoCloseable {
    private final Connection connection;

    private HeldSnapshot(Connection connection) {
        this.connection = connection;
    }

    public static HeldSnapshot take(DatabaseUrl database) throws SQLException {
        var connection = DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (var statement = connection.createStatement()) {
            statement.execute("select count(*) from pg_class");
        }
        return new HeldSnapshot(connection);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
