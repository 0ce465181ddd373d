package dev.promptlab.db;

import java.util.List;
import java.util.Set;
import java.util.UUID;

import dev.promptlab.testing.TestDatabase;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// The second line of separation alone: statements here have no workspace predicate.
class RowLevelSecurityTest {
    private static final UUID MINE = UUID.randomUUID();
    private static final UUID THEIRS = UUID.randomUUID();
    private static TestDatabase database;
    private static Database api;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
        api = database.as(DatabaseRole.API);
        database.db().inTransaction(tx -> List.of(MINE, THEIRS).forEach(id -> {
            tx.execute("insert into workspace (id, name) values (?, 'W')", id);
            tx.execute("insert into callback_secret (workspace_id, sealed) values (?, '')", id);
        }));
    }

    @AfterAll
    static void drop() {
        database.close();
    }

    @Test
    void everyTableOfAWorkspaceIsGuardedAlsoAgainstItsOwner() {
        List<String> unguarded = database.db()
                .autocommit(handle -> handle
                        .createQuery(
                                """
                                        select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
                                         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
                                           and not (c.relrowsecurity and c.relforcerowsecurity)""")
                        .mapTo(String.class).list());
        assertThat(unguarded).isEmpty();
    }

    @Test
    void aRequestSeesTheRowsOfItsWorkspaceOnly() {
        assertThat(seen(Set.of(MINE))).containsExactly(MINE);
        assertThat(seen(Set.of(THEIRS))).containsExactly(THEIRS);
        assertThat(seen(Set.of(MINE, THEIRS))).containsExactlyInAnyOrder(MINE, THEIRS);
        assertThat(seen(Set.of())).isEmpty();
    }

    @Test
    void nothingOfTheWorkBeforeStaysOnAConnection() {
        try (var one = Database.open(database.url(), 1, DatabaseRole.API)) {
            assertThatThrownBy(() -> one.inTransaction(MINE, tx -> tx.execute("select 1 / 0")))
                    .isInstanceOf(UnableToExecuteStatementException.class);
            List<UUID> afterAFailure = one.autocommit(MINE, RowLevelSecurityTest::secrets);
            List<UUID> forNobody = one.autocommit(RowLevelSecurityTest::secrets);
            assertThat(afterAFailure).containsExactly(MINE);
            assertThat(forNobody).isEmpty();
        }
    }

    @Test
    void aRequestChangesAndWritesRowsOfItsWorkspaceOnly() {
        int changed = api.transaction(MINE, tx -> tx.execute("update callback_secret set sealed = 'x'"));
        assertThat(changed).isOne();
        assertThatThrownBy(() -> api.inTransaction(MINE,
                tx -> tx.execute(
                        "insert into audit_event (workspace_id, actor, action, subject) values (?, 'a', 'b.c', 'd')",
                        THEIRS)))
                .hasMessageContaining("row-level security");
        assertThatThrownBy(() -> api.inTransaction(MINE,
                tx -> tx.execute("update callback_secret set workspace_id = ?", THEIRS)))
                .hasMessageContaining("row-level security");
    }

    @Test
    void theOwnerIsRefusedRatherThanShownNothing() {
        assertThatThrownBy(() -> database.as(DatabaseRole.OWNER).autocommit(RowLevelSecurityTest::secrets))
                .hasMessageContaining("row-level security");
    }

    @Test
    void theAuditTrailCannotBeChanged() {
        for (var change : List.of("update audit_event set actor = 'x'", "delete from audit_event")) {
            assertThatThrownBy(() -> api.inTransaction(MINE, tx -> tx.execute(change)))
                    .hasMessageContaining("permission denied");
        }
    }

    @Test
    void theQueueSeesNoTemplatesAndIdentitySeesNoJobs() {
        assertThatThrownBy(() -> database.as(DatabaseRole.WORKER).inTransaction(tx -> tx.execute("table template")))
                .hasMessageContaining("permission denied");
        for (var table : List.of("template", "job", "job_result")) {
            assertThatThrownBy(() -> database.as(DatabaseRole.AUTH).inTransaction(tx -> tx.execute("table " + table)))
                    .hasMessageContaining("permission denied");
        }
    }

    private static List<UUID> seen(Set<UUID> workspaces) {
        return api.autocommit(workspaces, RowLevelSecurityTest::secrets);
    }

    private static List<UUID> secrets(Handle handle) {
        return handle.createQuery("select workspace_id from callback_secret").mapTo(UUID.class).list();
    }
}
