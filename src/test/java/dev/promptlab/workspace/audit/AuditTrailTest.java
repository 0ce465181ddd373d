package dev.promptlab.workspace.audit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.db.Ids;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.web.CanonicalJson;
import dev.promptlab.web.Json;
import dev.promptlab.web.Sha256;
import dev.promptlab.workspace.access.Audit;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Role;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// The trail, its chain, and who tampers with it.
class AuditTrailTest {
    private static final UUID USER = UUID.randomUUID();
    private static final UUID KEY = UUID.randomUUID();
    private static TestDatabase database;
    private static Sealer sealer;
    private Caller caller;
    private UUID workspace;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
        sealer = new Sealer(database.as(DatabaseRole.AUTH), database.as(DatabaseRole.API));
    }

    @AfterAll
    static void drop() {
        sealer.close();
        database.close();
    }

    @BeforeEach
    void found() {
        workspace = Ids.next();
        database.db()
                .inTransaction(tx -> tx.execute("insert into workspace (id, name) values (?, 'Test')", workspace));
        caller = new Caller(workspace, "Ada", USER, KEY, Role.OWNER.permissions());
    }

    private void record(String action, int times) {
        for (int i = 0; i < times; i++) {
            var details = Json.object().put("n", i).put("text", "é \"\n");
            database.as(DatabaseRole.API).inTransaction(workspace,
                    tx -> Audit.record(tx, caller, action, "subject",
                            details.put("big", new java.math.BigDecimal("1.50"))));
        }
    }

    private AuditProof.Result proof() {
        return AuditProof.of(database.as(DatabaseRole.API), workspace);
    }

    @Test
    void everyEventGetsItsPlaceInTheChainAndTheChainHolds() {
        record("test.one", 3);
        sealer.sealAll();
        record("test.two", 2);
        assertThat(proof()).satisfies(proof -> {
            assertThat(proof.events()).isEqualTo(3);
            assertThat(proof.broken()).isEmpty(); // two wait, which is no gap
        });

        sealer.sealAll();

        var chain = chain();
        assertThat(chain).extracting(link -> link.seal().seq()).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(proof().broken()).isEmpty();
        assertThat(proof().head()).isEqualTo(HexFormat.of().formatHex(chain.getLast().seal().hash()));
        assertThat(list(filter(null, null)).getFirst().toString()).contains("\"seq\":5");
    }

    @Test
    void moreThanABatchIsSealedInOneRound() {
        database.db().inTransaction(tx -> tx.execute("""
                insert into audit_event (workspace_id, actor, action, subject)
                select ?, 'Ada', 'test.many', n::text from generate_series(1, 1203) n""", workspace));

        sealer.sealAll();

        assertThat(proof())
                .isEqualTo(new AuditProof.Result(workspace, 1203, proof().head(), java.util.Optional.empty()));
    }

    @Test
    void anEventThatCommitsLateIsNotPassedOver() {
        database.as(DatabaseRole.API).inTransaction(workspace, late -> {
            Audit.record(late, caller, "test.late", "subject", Json.object());
            elsewhere(() -> {
                record("test.early", 2);
                sealer.sealAll();
                assertThat(chain()).hasSize(2);
            });
        });

        sealer.sealAll();

        assertThat(chain()).extracting(link -> requireNonNull(link.event()).action()).containsExactly("test.early",
                "test.early",
                "test.late");
        assertThat(proof().broken()).isEmpty();
    }

    @Test
    void manySealersMakeOneChain() throws InterruptedException {
        record("test.many", 30);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 8; i++) {
                threads.execute(sealer::sealAll);
            }
            record("test.more", 30);
        }
        sealer.sealAll();

        assertThat(proof().events()).isEqualTo(60);
        assertThat(proof().broken()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "update audit_event set details = '{}' where id = %d",
            "update audit_event set actor = 'Eve' where id = %d",
            "update audit_event set at = at + interval '1 microsecond' where id = %d",
            "update audit_event set user_id = null where id = %d",
            "update audit_event set subject = 'other' where id = %d",
            "delete from audit_event where id = %d",
            "delete from audit_seal where event_id = %d",
            "update audit_seal set hash = sha256('x') where event_id = %d"})
    void whatIsTamperedWithIsNamed(String tampering) {
        record("test.done", 5);
        sealer.sealAll();
        var third = chain().get(2).seal();

        tamper(tampering.formatted(third.eventId()));

        assertThat(proof().events()).isEqualTo(2);
        assertThat(proof().broken().orElseThrow())
                .startsWith(tampering.startsWith("delete from audit_seal") ? "seal 3 is missing"
                        : "event " + third.eventId() + " (seal 3) is");
    }

    @Test
    void anEventThatWasPutInOrWhoseSealIsGoneIsNamed() {
        record("test.done", 2);
        sealer.sealAll();
        var last = chain().getLast().seal();

        tamper("delete from audit_seal where event_id = " + last.eventId());
        assertThat(proof().broken().orElseThrow()).startsWith("event " + last.eventId() + " was never sealed");
    }

    @Test
    void theTrailOnlyGrowsForEverybody() {
        record("test.done", 1);
        sealer.sealAll();

        for (var sql : List.of("update audit_event set actor = 'Eve'", "delete from audit_event",
                "update audit_seal set seq = 2", "delete from audit_seal", "truncate audit_seal")) {
            assertThatThrownBy(() -> database.db().inTransaction(tx -> tx.execute(sql))).as(sql)
                    .hasStackTraceContaining("only grows");
            assertThatThrownBy(() -> database.as(DatabaseRole.API).inTransaction(workspace, tx -> tx.execute(sql)))
                    .as(sql)
                    .hasStackTraceContaining("permission denied");
        }
    }

    @Test
    void anotherWorkspaceSeesNothingOfIt() {
        record("test.done", 1);
        sealer.sealAll();
        var other = Ids.next();

        for (var table : List.of("audit_event", "audit_seal", "audit_pending")) {
            assertThat(database.as(DatabaseRole.API).<Integer>autocommit(other, handle -> handle
                    .createQuery("select count(*) from " + table).mapTo(Integer.class).one())).as(table).isZero();
        }
        assertThatThrownBy(() -> database.as(DatabaseRole.AUTH).autocommit(handle -> handle
                .createQuery("select count(*) from audit_event").mapTo(Integer.class).one()))
                .hasStackTraceContaining("permission denied");
        assertThatThrownBy(() -> database.as(DatabaseRole.API).inTransaction(other,
                tx -> Audit.record(tx, caller, "test.forged", "subject", Json.object())))
                .hasStackTraceContaining("row-level security");
    }

    @Test
    void theExportCanBeCheckedElsewhere() {
        record("test.done", 4);
        sealer.sealAll();

        var lines = new ArrayList<ObjectNode>();
        new TrailExport(database.as(DatabaseRole.API)).write(workspace, lines::add);

        assertThat(lines).hasSize(4);
        var hash = new byte[32];
        for (var line : lines) {
            hash = Sha256.of(hash, CanonicalJson.of(line.get("event")).getBytes(UTF_8));
            assertThat(line.get("hash").asText()).isEqualTo(HexFormat.of().formatHex(hash));
        }
    }

    @Test
    void aListIsFiltered() {
        record("test.one", 2);
        record("other.two", 1);

        assertThat(list(filter("Ada", "test"))).hasSize(2);
        assertThat(list(filter(USER.toString(), "test.one"))).hasSize(2);
        assertThat(list(filter(KEY.toString(), "tes"))).isEmpty();
        assertThat(list(filter("Eve", null))).isEmpty();
        assertThat(list(new AuditFilter(null, null, "subject", Instant.EPOCH, Instant.now().plusSeconds(9), null, 2)))
                .extracting(event -> event.get("action").asText()).containsExactly("other.two", "test.one");
        assertThat(list(new AuditFilter(null, null, null, null, Instant.EPOCH, null, 2))).isEmpty();
    }

    private static AuditFilter filter(@Nullable String actor, @Nullable String action) {
        return new AuditFilter(actor, action, null, null, null, null, 50);
    }

    private List<ObjectNode> list(AuditFilter filter) {
        return database.as(DatabaseRole.API).transaction(workspace, tx -> TrailStore.list(tx, workspace, filter))
                .stream()
                .map(entry -> entry.event().toJson(entry.seal())).toList();
    }

    private List<TrailStore.Link> chain() {
        return database.as(DatabaseRole.API).autocommit(workspace,
                handle -> TrailStore.chain(handle, workspace, 0, 100));
    }

    /// On connections of its own: a transaction of this thread stays aside.
    private static void elsewhere(Runnable work) {
        CompletableFuture.runAsync(work, Thread::startVirtualThread).join();
    }

    /// As somebody who rules the database.
    private static void tamper(String sql) {
        database.db().inTransaction(tx -> {
            tx.execute("set local session_replication_role = replica");
            tx.execute(sql);
        });
    }
}
