package dev.promptlab;

import java.util.Map;
import java.util.UUID;

import dev.promptlab.cli.Commands;
import dev.promptlab.config.Setting;
import dev.promptlab.config.Settings;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.testing.TestServer;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.audit.AuditProof;
import dev.promptlab.workspace.audit.Sealer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// `promptlab admin verify-audit`
class VerifyAuditTest {
    private TestDatabase database;
    private Map<String, String> environment;

    @BeforeEach
    void seal() {
        database = TestDatabase.create();
        environment = Map.of(Setting.DATABASE_URL.name(), database.environmentUrl(),
                Setting.PROMPTLAB_MASTER_KEY.name(), TestServer.MASTER_KEY);
        database.db().inTransaction(tx -> tx.execute("""
                insert into audit_event (workspace_id, actor, action, subject)
                select ?, 'Ada', 'test.done', n::text from generate_series(1, 5) n""", Caller.DEFAULT_WORKSPACE));
        try (var _ = Sealer.start(database.as(DatabaseRole.AUTH), database.as(DatabaseRole.API))) {
            while (database.db().autocommit(handle -> handle.createQuery("select count(*) from audit_seal")
                    .mapTo(Integer.class).one()) < 5) {
                Thread.onSpinWait();
            }
        }
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void aTrailThatNobodyTouchedHolds() {
        assertThat(verify()).isZero();
        assertThat(verify("--workspace", Caller.DEFAULT_WORKSPACE.toString())).isZero();
        assertThat(Server.verifyAudit(Settings.load(Map.of(), environment), null)).singleElement()
                .extracting(AuditProof.Result::events).isEqualTo(5L);
    }

    @Test
    void aRowThatWasChangedFails() {
        database.db().inTransaction(tx -> {
            tx.execute("set local session_replication_role = replica");
            tx.execute("update audit_event set actor = 'Eve' where subject = '3'");
        });

        assertThat(verify()).isEqualTo(1);
        assertThat(Server.verifyAudit(Settings.load(Map.of(), environment), null).getFirst().broken().orElseThrow())
                .contains("(seal 3) is not what was sealed");
    }

    @Test
    void aWorkspaceThatIsNotThereFails() {
        assertThat(verify("--workspace", UUID.randomUUID().toString())).isEqualTo(1);
        assertThat(verify("--workspace", "nonsense")).isEqualTo(2);
    }

    private int verify(String... more) {
        var args = new java.util.ArrayList<>(java.util.List.of("admin", "verify-audit"));
        args.addAll(java.util.List.of(more));
        return Commands.run(args.toArray(String[]::new), environment);
    }
}
