package dev.promptlab.db;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

import dev.promptlab.testing.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

class DatabaseTest {
    private static final String PROMPT = "the text of somebody's prompt";
    private static TestDatabase database;

    @BeforeAll
    static void open() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @Test
    void aFailedStatementDoesNotTellItsValues() {
        var failure = catchThrowable(() -> database.db().autocommit(handle -> handle
                .createQuery("select cast(:text as text) from nowhere").bind("text", PROMPT).mapTo(String.class)
                .one()));

        assertThat(failure).message().contains("nowhere").doesNotContain(PROMPT);
    }

    @Test
    void aBrokenRuleOfTheSchemaDoesNotTellTheRow() {
        var failure = catchThrowable(() -> database.db()
                .autocommit(handle -> handle.createUpdate("""
                        insert into template (id, workspace_id, key, name, latest_version)
                        values (gen_random_uuid(), '00000000-0000-7000-8000-000000000001', 'a', :name, 0)""")
                        .bind("name", PROMPT)
                        .execute()));

        assertThat(failure).hasStackTraceContaining("template_latest_version_check");
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            assertThat(cause.getMessage()).doesNotContain(PROMPT);
        }
    }

    @Test
    void onlyTroubleOnTheWayOrOfTheMomentMayPass() {
        assertThat(Database.mayPass(new IllegalStateException(new SQLTransientConnectionException()))).isTrue();
        assertThat(Database.mayPass(new SQLException("deadlock", "40P01"))).isTrue();
        assertThat(Database.mayPass(new SQLException("shutting down", "57P01"))).isTrue();
        assertThat(Database.mayPass(new SQLException("not unique", "23505"))).isFalse();
        assertThat(Database.mayPass(new IOException())).isFalse();
    }
}
