package dev.promptlab;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

import dev.promptlab.db.DatabaseUrl;
import dev.promptlab.testing.CallbackReceiver;
import dev.promptlab.testing.People;
import dev.promptlab.testing.People.Member;
import dev.promptlab.testing.ServerLog;
import dev.promptlab.testing.TestServer;
import dev.promptlab.testing.Tour;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Row-level security without the predicates: every statement that requests of one workspace ran, with that workspace's own ids
/// bound, run again on a connection that works for another one. The log does not tell the types of arrays: the four statements that
/// take some are in SubmitterTest and TemplatesTest.
class RowLevelSecurityIT {
    private static final String MARKER = "canary-of-a";

    private static final Pattern TAKES_ARRAYS = Pattern.compile("unnest\\(\\$");
    private static final Pattern TOUCHES_TABLES = Pattern.compile("\\b(from|into|update)\\b");

    private static TestServer server;
    private static Member owner;
    private static UUID theirs;
    private static List<ServerLog.Statement> statements;

    @BeforeAll
    static void tour() {
        server = TestServer
                .startLogged(Map.of("PROMPTLAB_AUTH", "required", "PROMPTLAB_EGRESS_ALLOW", "127.0.0.1"));
        var people = new People(server.url());
        owner = people.signUp("owner");
        var other = people.signUp("other");
        theirs = UUID.fromString(other.workspaceId());
        try (var web = CallbackReceiver.start()) {
            Tour.of(owner, other, MARKER, web);
        }
        statements = server.log().statements("promptlab-api", owner.workspaceId()).stream()
                .filter(statement -> !TAKES_ARRAYS.matcher(statement.sql()).find())
                .filter(statement -> TOUCHES_TABLES.matcher(statement.sql()).find()).toList();
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
                "audit_event", "lane", "member", "invitation", "api_key", "provider_key")) {
            assertThat(statements).as(table).anyMatch(one -> one.sql().matches("(?s).*\\b" + table + "\\b.*"));
        }
    }

    @Test
    void noStatementFindsOrChangesARowForAnotherWorkspace() throws SQLException {
        var leaks = new ArrayList<String>();
        int effective = 0;
        for (var statement : statements) {
            effective += run(statement, UUID.fromString(owner.workspaceId())).touches() ? 1 : 0;
            var effect = run(statement, theirs);
            boolean asForNobody = effect.equals(run(statement, UUID.randomUUID()));
            if ((effect.touches() && !asForNobody) || effect.text().contains(MARKER)) {
                leaks.add(statement.sql() + "\n   " + effect);
            }
        }
        assertThat(leaks).isEmpty();
        assertThat(effective).as("statements that do find or change rows of their own workspace").isGreaterThan(25);
    }

    /// So neither a dump nor a log of the database has one.
    @Test
    void noSecretIsEverBound() {
        var everything = server.log().text();
        assertThat(everything).contains(MARKER).doesNotContain(People.PASSWORD, Tour.PROVIDER_KEY,
                owner.signedIn().get("token").asText(), owner.signedIn().get("refreshToken").asText())
                .doesNotContainPattern("\\b(pl|pli|plr|whsec)_[A-Za-z0-9_-]{30}").doesNotContain(TestServer.MASTER_KEY);
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
            prepare(sql, statement);
            return effect(sql, statement);
        }
    }

    private static void prepare(Statement sql, ServerLog.Statement statement) throws SQLException {
        try {
            sql.execute("prepare again as " + statement.sql());
        } catch (SQLException e) {
            throw new SQLException(statement.sql(), e);
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
