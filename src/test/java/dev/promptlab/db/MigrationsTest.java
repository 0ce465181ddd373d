package dev.promptlab.db;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.promptlab.testing.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MigrationsTest {
    private TestDatabase empty;

    @BeforeEach
    void create() {
        empty = TestDatabase.createEmpty();
    }

    @AfterEach
    void drop() {
        empty.close();
    }

    @Test
    void aSecondRunChangesNothing() {
        Migrations.apply(empty.db());
        var before = history();
        Migrations.apply(empty.db());
        assertThat(history()).isEqualTo(before).hasSameSizeAs(versions());
    }

    @Test
    void processesThatStartAtOnceOnAnEmptyDatabaseMigrateItOnce() throws InterruptedException {
        Callable<Void> process = () -> {
            try (var own = Database.open(empty.url(), 2)) {
                Migrations.apply(own);
                return null;
            }
        };
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(threads.invokeAll(List.of(process, process, process))).extracting(Future::state)
                    .containsOnly(Future.State.SUCCESS);
        }
        assertThat(history()).hasSameSizeAs(versions());
    }

    @Test
    void theLatestVersionIsThatOfTheHighestFile() {
        assertThat(versions().stream().max(Integer::compare)).hasValue(Migrations.LATEST);
    }

    @Test
    void aSchemaOfANewerBuildIsLeftAlone() {
        Migrations.apply(empty.db());
        empty.db().inTransaction(tx -> tx.execute("""
                insert into flyway_schema_history
                select 99, '99', 'from the future', type, script, checksum, installed_by, now(), 1, true
                  from flyway_schema_history where version = '1'"""));
        assertThatThrownBy(() -> Migrations.apply(empty.db())).isInstanceOf(MigrationException.class)
                .hasMessageContaining("is at version 99, from a newer build");
    }

    @Test
    void aDatabaseWithForeignTablesIsLeftAlone() {
        empty.db().inTransaction(tx -> tx.execute("create table somebody_elses (id int)"));
        assertThatThrownBy(() -> Migrations.apply(empty.db())).isInstanceOf(MigrationException.class)
                .hasMessageContaining("non-empty schema");
    }

    @Test
    void aFailedMigrationIsSaidAndLeavesNothingBehind() {
        Migrations.apply(empty.db());
        empty.db().inTransaction(
                tx -> tx.execute("delete from flyway_schema_history where version = '" + Migrations.LATEST + "'"));
        assertThatThrownBy(() -> Migrations.apply(empty.db())).isInstanceOf(MigrationException.class)
                .hasMessageContaining("V" + Migrations.LATEST + "__").hasMessageContaining("already exists");
        assertThat(history()).hasSize(versions().size() - 1);
    }

    private static List<Integer> versions() {
        try (var files = Files.list(
                Path.of(Objects.requireNonNull(MigrationsTest.class.getResource("/db/migration")).toURI()))) {
            return files.map(file -> file.getFileName().toString())
                    .map(name -> Integer.valueOf(name.substring(1, name.indexOf("__")))).toList();
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> history() {
        return empty.db().autocommit(handle -> handle.createQuery(
                """
                        select concat_ws(' ', version, checksum, installed_on, success) from flyway_schema_history order by installed_rank""")
                .mapTo(String.class).list());
    }
}
