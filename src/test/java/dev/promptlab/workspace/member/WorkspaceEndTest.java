package dev.promptlab.workspace.member;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.cache.CacheData;
import dev.promptlab.callback.CallbackData;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.db.Ids;
import dev.promptlab.job.JobData;
import dev.promptlab.job.Signals;
import dev.promptlab.template.TemplateData;
import dev.promptlab.template.Templates;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.web.Failure;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Person;
import dev.promptlab.workspace.access.Role;
import dev.promptlab.workspace.access.WorkspaceData;
import dev.promptlab.workspace.audit.TrailExport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static dev.promptlab.workspace.member.TestWorkspaces.atOnce;
import static dev.promptlab.workspace.member.TestWorkspaces.caller;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// The export of a workspace, and its end.
class WorkspaceEndTest {
    private static final List<String> TABLES = List.of("template", "template_version", "template_label",
            "template_label_move", "job", "job_key", "job_dispatch", "job_attempt", "job_result", "job_callback",
            "callback_secret", "idempotency_key", "cache_day", "member", "invitation");

    private static TestDatabase database;
    private static TestWorkspaces test;
    private static List<WorkspaceData> data;
    private Person owner;
    private Workspace workspace;
    private Caller asOwner;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
        test = new TestWorkspaces(database);
        var api = database.as(DatabaseRole.API);
        data = List.of(new TemplateData(api), new JobData(api, Signals.create()), new CallbackData(api),
                new TrailExport(api), new CacheData(api));
    }

    @AfterAll
    static void drop() {
        database.close();
    }

    @BeforeEach
    void found() {
        owner = test.person("owner");
        workspace = test.workspace(owner);
        asOwner = caller(workspace, owner, Role.OWNER);
    }

    @Test
    void theExportSaysEverythingButSecrets() {
        fill(workspace.id(), 3);
        var other = test.workspace(test.person("other"));
        fill(other.id(), 1);

        var lines = export();

        assertThat(lines).extracting(line -> line.get("kind").asText()).startsWith("workspace", "member", "invitation")
                .contains("template", "templateVersion", "labelMove", "job", "callback", "cacheDay");
        assertThat(lines).filteredOn(line -> line.get("kind").asText().equals("job")).hasSize(6)
                .allMatch(line -> line.at("/data/attemptLog").isArray());
        assertThat(lines).filteredOn(line -> line.at("/data/status").asText().equals("completed"))
                .extracting(line -> line.at("/data/output").asText()).containsOnly("said");
        assertThat(lines.toString()).doesNotContain(other.id().toString(), "token", "hash\":\"\\\\x", "sealed");
    }

    @Test
    void itIsDeletedByNameAndAfterAnExport() {
        assertThatExceptionOfType(Failure.Invalid.class)
                .isThrownBy(() -> test.workspaces.delete(asOwner, "another", true));
        assertThatExceptionOfType(Failure.Conflict.class)
                .isThrownBy(() -> test.workspaces.delete(asOwner, workspace.name(), false));
        test.workspaces.exported(asOwner, 4);
        database.db().inTransaction(
                tx -> tx.execute("update workspace set exported_at = now() - interval '24 h 1 s'"));
        assertThatExceptionOfType(Failure.Conflict.class)
                .isThrownBy(() -> test.workspaces.delete(asOwner, workspace.name(), false));

        test.workspaces.exported(asOwner, 4);
        test.workspaces.delete(asOwner, workspace.name(), false);

        assertThat(test.auditActions(workspace.id())).containsExactly("workspace.create", "workspace.export",
                "workspace.export", "workspace.delete");
    }

    @Test
    void nobodyGetsInFromThatMoment() {
        var guest = test.person("guest");
        assertThat(test.memberships.isOpen(workspace.id())).isTrue();
        var token = test.invitations.create(asOwner, guest.email(), Role.ADMIN).token().value();

        test.workspaces.delete(asOwner, workspace.name(), true);

        assertThat(test.memberships.isOpen(workspace.id())).isFalse();
        assertThat(test.memberships.role(owner.userId(), workspace.id())).isEmpty();
        assertThat(test.workspaces.of(owner)).isEmpty();
        assertThatExceptionOfType(Failure.NotFound.class).isThrownBy(() -> test.workspaces.require(asOwner));
        assertThatExceptionOfType(Failure.NotFound.class)
                .isThrownBy(() -> test.workspaces.delete(asOwner, workspace.name(), true));
        assertThatExceptionOfType(Failure.NotFound.class)
                .isThrownBy(() -> test.members.change(asOwner, owner.userId(), Role.ADMIN));
        assertThatExceptionOfType(Failure.NotFound.class).isThrownBy(() -> test.invitations.accept(guest, token));
    }

    @Test
    void nothingIsLeftButItsRowAndItsTrail() {
        fill(workspace.id(), 700);
        var other = test.workspace(test.person("other"));
        fill(other.id(), 2);
        test.workspaces.delete(asOwner, workspace.name(), true);

        try (var removal = removal(Duration.ZERO)) {
            removal.round();
        }

        assertThat(TABLES).allSatisfy(table -> assertThat(test.count(table, workspace.id())).as(table).isZero());
        assertThat(TABLES).allSatisfy(table -> assertThat(test.count(table, other.id())).as(table).isPositive());
        assertThat(test.auditActions(workspace.id())).contains("workspace.delete");
        assertThat(emptied(workspace.id())).isTrue();
        assertThat(emptied(other.id())).isFalse();
    }

    @Test
    void jobsThatRunAreAskedToEndAndGoWhenTheyHave() {
        fill(workspace.id(), 1);
        var running = UUID.randomUUID();
        job(workspace.id(), running);
        database.db().inTransaction(tx -> tx.execute(
                """
                        insert into job_dispatch (job_id, workspace_id, lane_id, priority, state, attempt, tries_left, epoch, lease_until, started_at, worker_id)
                        values (?, ?, 1, 1, 1, 1, 2, 1, now() + interval '1 h', now(), 'w')""",
                running, workspace.id()));
        test.workspaces.delete(asOwner, workspace.name(), true);

        try (var removal = removal(Duration.ZERO)) {
            removal.round();
            assertThat(test.count("job", workspace.id())).isEqualTo(1);
            assertThat(database.db().<Boolean>autocommit(handle -> handle
                    .createQuery("select cancel from job_dispatch where job_id = ?").bind(0, running)
                    .mapTo(Boolean.class).one())).isTrue();
            assertThat(emptied(workspace.id())).isFalse();

            database.db()
                    .inTransaction(tx -> tx.execute("delete from job_dispatch where job_id = ?", running));
            removal.round();
        }
        assertThat(test.count("job", workspace.id())).isZero();
        assertThat(emptied(workspace.id())).isTrue();
    }

    @Test
    void whatComesInLateIsRemovedToo() {
        test.workspaces.delete(asOwner, workspace.name(), true);
        try (var removal = removal(Duration.ofMinutes(1))) {
            removal.round();
            assertThat(emptied(workspace.id())).isFalse();
            fill(workspace.id(), 1);
            database.db().inTransaction(tx -> tx.execute(
                    "update workspace set deleted_at = deleted_at - interval '2 min' where id = ?", workspace.id()));
            removal.round();
        }

        assertThat(emptied(workspace.id())).isTrue();
        assertThat(TABLES).allSatisfy(table -> assertThat(test.count(table, workspace.id())).as(table).isZero());
    }

    @Test
    void twoProcessesRemoveTogether() throws InterruptedException {
        fill(workspace.id(), 600);
        test.workspaces.delete(asOwner, workspace.name(), true);

        try (var one = removal(Duration.ZERO); var another = removal(Duration.ZERO)) {
            assertThat(atOnce(List.of(() -> {
                one.round();
                return null;
            }, () -> {
                another.round();
                return null;
            }))).containsOnlyNulls();
            one.round();
        }

        assertThat(test.count("job", workspace.id())).isZero();
        assertThat(emptied(workspace.id())).isTrue();
    }

    @Test
    void theDefaultWorkspaceStays() {
        assertThatExceptionOfType(Failure.Conflict.class)
                .isThrownBy(() -> test.workspaces.delete(Caller.LOCAL, "Default", true));
        assertThatThrownBy(() -> database.db().inTransaction(
                tx -> tx.execute("update workspace set deleted_at = now() where id = ?", Caller.DEFAULT_WORKSPACE)))
                .hasStackTraceContaining("workspace_default_stays");
    }

    @Test
    void whatNeverChangesCanOnlyBeRemovedFromADeletedWorkspace() {
        fill(workspace.id(), 1);
        for (var table : List.of("template_label_move", "template_version", "idempotency_key", "callback_secret")) {
            assertThat(database.as(DatabaseRole.API).<Integer>autocommit(workspace.id(),
                    handle -> handle.execute("delete from " + table))).as(table).isZero();
        }
    }

    private static Removal removal(Duration grace) {
        return new Removal(database.as(DatabaseRole.AUTH), database.as(DatabaseRole.API), data, grace);
    }

    private List<ObjectNode> export() {
        var lines = new ArrayList<ObjectNode>();
        new WorkspaceExport(test.members, test.invitations, data).write(workspace, lines::add);
        return lines;
    }

    private static boolean emptied(UUID id) {
        return database.db().autocommit(handle -> handle
                .createQuery("select emptied_at is not null from workspace where id = ?").bind(0, id)
                .mapTo(Boolean.class).one());
    }

    /// A little of everything, with as many jobs that have ended and as many that wait.
    private static void fill(UUID workspaceId, int jobs) {
        try (var templates = new Templates(database.as(DatabaseRole.API))) {
            templates.seed(workspaceId);
        }
        for (int i = 0; i < jobs; i++) {
            var ended = Ids.next();
            job(workspaceId, ended);
            var waiting = Ids.next();
            job(workspaceId, waiting);
            database.db().inTransaction(tx -> {
                tx.execute("""
                        insert into job_result (job_id, workspace_id, outcome, epoch, attempts, output)
                        values (?, ?, 'completed', 1, 1, 'said')""", ended, workspaceId);
                tx.execute("""
                        insert into job_attempt (job_id, attempt, workspace_id, epoch, worker_id, started_at, outcome)
                        values (?, 1, ?, 1, 'w', now(), 'completed')""", ended, workspaceId);
                tx.execute("""
                        insert into job_dispatch (job_id, workspace_id, lane_id, priority, tries_left)
                        values (?, ?, 1, 1, 3)""", waiting, workspaceId);
            });
        }
        database.db().inTransaction(tx -> {
            tx.execute("""
                    insert into template_label (template_id, label, workspace_id, version)
                    select id, 'production', workspace_id, 1 from template where workspace_id = ?""", workspaceId);
            tx.execute("""
                    insert into template_label_move (workspace_id, template_id, label, to_version, moved_by)
                    select workspace_id, id, 'production', 1, 'test' from template where workspace_id = ?""",
                    workspaceId);
            tx.execute("""
                    insert into cache_day values (?, current_date, 1, 0, 0, 0, 1, 10, 20, 0.5, 0)""", workspaceId);
            tx.execute("""
                    insert into callback_secret (workspace_id, sealed) values (?, '\\x736563726574')""", workspaceId);
            tx.execute("""
                    insert into job_callback (job_id, workspace_id, url, host)
                    select job_id, workspace_id, 'https://example.com/', 'example.com' from job_dispatch
                     where workspace_id = ?""", workspaceId);
            tx.execute("""
                    insert into idempotency_key (workspace_id, route, key, body_hash, status, answer)
                    values (?, 'POST /generate', 'key', sha256('x'), 202, '{}')""", workspaceId);
            tx.execute(
                    """
                            insert into invitation (id, workspace_id, email, role, token_hash, expires_at)
                            values (gen_random_uuid(), ?, 'guest@example.com', 'viewer', sha256(gen_random_uuid()::text::bytea), now() + interval '1 d')""",
                    workspaceId);
        });
    }

    private static void job(UUID workspaceId, UUID id) {
        database.db().inTransaction(tx -> {
            tx.execute("""
                    insert into job (id, workspace_id, priority, lane_id, provider, model, variables, params, messages,
                                     input_hash, max_attempts, estimated_input_tokens)
                    values (?, ?, 1, 1, 'mock', 'echo', '{}', '{}', '[{"role":"user","content":"hi"}]',
                            sha256(cast(? as text)::bytea), 3, 1)""", id, workspaceId, id);
            tx.execute("insert into job_key select workspace_id, input_hash, id from job where id = ?", id);
        });
    }
}
