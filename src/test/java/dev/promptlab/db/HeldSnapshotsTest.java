package dev.promptlab.db;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

import dev.promptlab.testing.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HeldSnapshotsTest {
    private TestDatabase database;
    private Connection other;

    @BeforeEach
    void connect() throws SQLException {
        database = TestDatabase.create();
        other = DriverManager.getConnection(database.url().jdbcUrl(), database.url().user(), database.url().password());
        other.setAutoCommit(false);
        other.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    }

    @AfterEach
    void disconnect() throws SQLException {
        other.close();
        database.close();
    }

    @Test
    void aSessionThatSitsOnASnapshotIsFoundAndCanBeEnded() throws SQLException {
        query();
        var found = sessions(Duration.ZERO);

        assertThat(found).singleElement().satisfies(session -> assertThat(session.idle()).isTrue());
        boolean ended = database.db().autocommit(handle -> HeldSnapshots.end(handle, found.getFirst()));
        assertThat(ended).isTrue();
        assertThatThrownBy(this::query).isInstanceOf(SQLException.class).hasMessageContaining("terminating connection");
    }

    @Test
    void aYoungSnapshotAndNoSnapshotAreLetAlone() throws SQLException {
        query();
        assertThat(sessions(Duration.ofHours(1))).isEmpty();
        other.commit();
        assertThat(sessions(Duration.ZERO)).isEmpty();
    }

    private void query() throws SQLException {
        try (var statement = other.createStatement()) {
            statement.execute("select 1");
        }
    }

    private List<HeldSnapshots.Session> sessions(Duration limit) {
        return database.db().autocommit(handle -> HeldSnapshots.olderThan(handle, limit));
    }
}
