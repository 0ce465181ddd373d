package dev.promptlab;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.promptlab.db.DatabaseUrl;
import dev.promptlab.testing.CallbackReceiver;
import dev.promptlab.testing.ServerLog;
import dev.promptlab.testing.TestServer;
import dev.promptlab.testing.Tour;
import dev.promptlab.workspace.access.Caller;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Row-level security without the predicates: every statement that requests of one workspace ran, with that workspace's own ids
/// bound, run again on a connection that works for another one. The log does not tell the types of arrays: the four statements that
/// take some are in SubmitterTest and TemplatesTest.
class RowLevelSecurityIT {
    private static final String MARKER = "canary-of-a";
    private static final UUID OTHER = UUID.randomUUID();

    private static TestServer server;
    private static List<ServerLog.Statement> statements;

    @BeforeAll
    static void tour() {
        server = TestServer.startLogged(Map.of("PROMPTLAB_EGRESS_ALLOW", "127.0.0.1"));
        server.db().inTransaction(
                tx -> tx.execute("insert into workspace (id, name) values (?, 'Other')", OTHER));
        try (var callbacks = CallbackReceiver.start()) {
            Tour.of(server.api(), MARKER, callbacks);
        }
        statements = server.log().statements("promptlab-api").stream()
                .filter(statement -> !statement.sql().contains("unnest($")).toList();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void theTourRunsTheStatementsOfEveryStoreThatRequestsUse() {
        assertThat(statements).hasSizeGreaterThan(40);
        for (var table : List.of("template", "template_version", "template_label", "template_label_move", "job",
                "job_key",
                "job_dispatch", "job_result", "job_attempt", "job_callback", "callback_secret", "idempotency_key",
                "audit_event", "lane")) {
            assertThat(statements).as(table).anyMatch(one -> one.sql().matches("(?s).*\\b" + table + "\\b.*"));
        }
    }

    @Test
    void noStatementFindsOrChangesARowForAnotherWorkspace() throws SQLException {
        var leaks = new ArrayList<String>();
        int effective = 0;
        for (var statement : statements) {
            var mine = run(statement, Caller.DEFAULT_WORKSPACE);
            var theirs = run(statement, OTHER);
            effective += mine.touches() ? 1 : 0;
            boolean asForNobody = theirs.equals(run(statement, UUID.randomUUID()));
            if ((theirs.touches() && !asForNobody) || theirs.text().contains(MARKER)) {
                leaks.add(statement.sql() + "\n   " + theirs);
            }
        }
        assertThat(leaks).isEmpty();
        assertThat(effective).as("statements that do find or change rows of their own workspace").isGreaterThan(25);
    }

    /// What a statement did.
    ///
    /// @param rows found or changed
    /// @param text of the rows that it answered, or the state and message of its failure
    private record Effect(int rows, String text) {
        boolean touches() {
            return rows > 0;
        }
    }

    private static Effect run(ServerLog.Statement statement, UUID workspace) throws SQLException {
        try (var connection = connect(server.databaseUrl()); var sql = connection.createStatement()) {
            connection.setAutoCommit(false);
            sql.execute("set role promptlab_api");
            sql.execute("set promptlab.workspaces = '{" + workspace + "}'");
            sql.execute("prepare again as " + statement.sql());
            return effect(sql, statement);
        }
    }

    private static Effect effect(Statement sql, ServerLog.Statement statement) {
        try {
            boolean answers = sql.execute("execute again" + (statement.values().isEmpty() ? ""
                    : "(" + String.join(", ", statement.values()) + ")"));
            return answers ? rows(sql) : new Effect(sql.getUpdateCount(), "");
        } catch (SQLException e) {
            return new Effect(0, e.getSQLState() + " " + e.getMessage());
        }
    }

    private static Effect rows(Statement sql) throws SQLException {
        var text = new StringBuilder();
        int count = 0;
        try (var rows = sql.getResultSet()) {
            while (rows.next()) {
                count++;
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    text.append(rows.getString(i)).append('|');
                }
            }
        }
        return new Effect(count, text.toString());
    }

    private static Connection connect(DatabaseUrl url) throws SQLException {
        return DriverManager.getConnection(url.jdbcUrl(), url.user(), url.password());
    }
}
