package dev.promptlab.db;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.promptlab.testing.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SchemaTest {
    private static final Path SNAPSHOT = Path.of("src/test/resources/schema.sql");

    private static TestDatabase database;

    @BeforeAll
    static void migrate() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void drop() {
        database.close();
    }

    @Test
    void theSnapshotShowsTheMigratedSchema() throws IOException {
        var schema = SchemaText.of(database.db());
        if (Boolean.getBoolean("schema.update")) {
            Files.writeString(SNAPSHOT, schema);
        }
        assertThat(SNAPSHOT)
                .as("the snapshot of the schema; refresh it with: mvn test -Dtest=SchemaTest -Dschema.update=true")
                .hasContent(schema);
    }

    @Test
    void everyTableOfAWorkspaceCarriesItsId() {
        var without = database.db().autocommit(handle -> handle.createQuery(
                """
                        select t.tablename from pg_tables t
                         where t.schemaname = 'public'
                           and not exists (select from information_schema.columns c
                                            where c.table_schema = 'public' and c.table_name = t.tablename
                                              and c.column_name = 'workspace_id' and c.data_type = 'uuid' and c.is_nullable = 'NO')""")
                .mapTo(String.class).list());
        assertThat(without).containsExactlyInAnyOrder("workspace", "lane", "lane_cursor", "flyway_schema_history",
                "app_user", "auth_session", "refresh_token", "signing_key", "setup_token", "sign_in_limit",
                "master_key", "data_key", "data_key_wrap", "api_key_pepper", "rate_limit_switch", "rate_limit_node",
                "rate_limit_window", "event", "history_progress"); // a row carries several
    }
}
