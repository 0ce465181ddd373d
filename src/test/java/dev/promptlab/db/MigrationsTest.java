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
import org.flywaydb.core.Flyway;
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
            try (var own = Database.open(empty.url(), 2, DatabaseRole.OWNER)) {
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
        assertThat(Migrations.isUsable(empty.db())).as("by a process that runs while others are upgraded").isTrue();
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
                .hasMessageContaining("V" + Migrations.LATEST + "__").hasMessageContaining("ERROR");
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

    @Test
    void resultsOfAnOlderSchemaBecomeRowsOfTheirOwn() {
        migrateTo("2");
        empty.db().inTransaction(tx -> tx.execute(
                """
                        insert into job (id, workspace_id, outcome, priority, lane_id, provider, model, variables, params, messages, input_hash,
                                         max_attempts, estimated_input_tokens, epoch, attempts, output, cost_usd, finished_at)
                        select gen_random_uuid(), gen_random_uuid(), outcome, 1, 1, 'mock', 'echo', '{}', '{}', '[]', sha256('x'), 3, 1, 7, 2,
                               case when outcome is not null then 'text' end, 0.000000000001, case when outcome is not null then timestamptz '2026-01-01Z' end
                          from unnest(array['completed', 'cancelled', null]) outcome"""));
        Migrations.apply(empty.db());
        List<String> results = empty.as(DatabaseRole.WORKER).autocommit(handle -> handle.createQuery(
                """
                        select concat_ws(' ', r.outcome, r.epoch, r.attempts, r.output, r.cost_usd, extract(year from r.finished_at), r.warnings)
                          from job_result r join job j on j.id = r.job_id and j.workspace_id = r.workspace_id order by r.outcome""")
                .mapTo(String.class).list());
        assertThat(results).containsExactly("cancelled 7 2 text 0.000000000001 2026 []",
                "completed 7 2 text 0.000000000001 2026 []");
    }

    @Test
    void eventsOfAnOlderSchemaWaitForTheirPlaceInTheChain() {
        migrateTo("7");
        empty.db().inTransaction(tx -> tx.execute("""
                insert into audit_event (workspace_id, actor, action, subject)
                select id, 'Ada', 'test.done', 'x' from workspace"""));

        Migrations.apply(empty.db());

        assertThat(empty.as(DatabaseRole.AUTH).<Integer>autocommit(
                handle -> handle.createQuery("select count(*) from audit_pending").mapTo(Integer.class).one()))
                .isEqualTo(1);
    }

    private void migrateTo(String version) {
        Flyway.configure().dataSource(empty.url().jdbcUrl(), empty.url().user(), empty.url().password())
                .locations("classpath:db/migration").target(version).load().migrate();
    }

    private List<String> history() {
        return empty.db().autocommit(handle -> handle.createQuery(
                """
                        select concat_ws(' ', version, checksum, installed_on, success) from flyway_schema_history order by installed_rank""")
                .mapTo(String.class).list());
    }
}
