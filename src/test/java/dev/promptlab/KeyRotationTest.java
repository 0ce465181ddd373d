package dev.promptlab;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import dev.promptlab.config.Secret;
import dev.promptlab.db.Database;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.workspace.access.Role;
import dev.promptlab.workspace.key.ApiKeys;
import dev.promptlab.workspace.key.IssuedKeys;
import dev.promptlab.workspace.key.Pepper;
import dev.promptlab.workspace.secret.DataKeys;
import dev.promptlab.workspace.secret.MasterKey;
import dev.promptlab.workspace.secret.OldValues;
import dev.promptlab.workspace.secret.Rotation;
import dev.promptlab.workspace.secret.SealedColumn;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// The rotation of the master key, over every column that holds sealed values.
class KeyRotationTest {
    private static final MasterKey OLD = key(1);
    private static final MasterKey NEW = key(2);
    private static final MasterKey THIRD = key(3);
    private static final int WORKSPACES = 250;

    private TestDatabase database;
    private Database owner;
    private DataKeys before;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        owner = database.as(DatabaseRole.OWNER);
        before = DataKeys.start(owner, OLD.check(owner));
        execute("""
                insert into workspace (id, name)
                select gen_random_uuid(), 'w' from generate_series(1, %d)""".formatted(WORKSPACES));
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void everyColumnThatHoldsSealedValuesIsRegistered() {
        var columns = database.db().autocommit(handle -> handle.createQuery("""
                select table_name || '.' || column_name from information_schema.columns
                 where table_schema = 'public' and data_type = 'bytea'
                   and (column_name like 'sealed%' or column_name = 'previous')""").mapTo(String.class).list());
        assertThat(KeyAdmin.sealedColumns()).extracting(SealedColumn::name)
                .containsExactlyInAnyOrderElementsOf(columns);
    }

    @Test
    void everythingIsSealedAnewAndTheOldKeyOpensNothingInTheEnd() {
        sealOneOfEach();
        var fromTheStart = new ApiKeys(database.as(DatabaseRole.AUTH), Pepper.of(owner, before));
        var workspace = workspaces().getFirst();
        var apiKey = new IssuedKeys(database.as(DatabaseRole.API), Pepper.of(owner, before))
                .createForOperator(workspace, "before", Role.ADMIN).value();
        var first = values();

        rotation(OLD).begin(NEW);
        assertThat(values()).doesNotContainAnyElementsOf(first).hasSameSizeAs(first);
        assertOpensAll(before);
        assertOpensAll(DataKeys.in(owner, NEW));

        var second = values();
        rotation(NEW).finish();
        assertThat(values()).doesNotContainAnyElementsOf(second);
        assertOpensAll(DataKeys.in(owner, NEW));
        assertThatThrownBy(() -> OLD.check(owner)).isInstanceOf(MasterKey.WrongKeyException.class);
        assertThatThrownBy(() -> openAll(DataKeys.in(owner, OLD))).isInstanceOf(MasterKey.WrongKeyException.class);
        assertThat(count("data_key")).isEqualTo(1);
        assertThat(count("data_key_wrap")).isEqualTo(1);
        assertThat(fromTheStart.find(apiKey)).as("a key of before").isPresent();
        assertThat(new ApiKeys(database.as(DatabaseRole.AUTH), Pepper.of(owner, DataKeys.in(owner, NEW))).find(apiKey))
                .isPresent();
    }

    @Test
    void killedAtAnyMomentItIsBegunAgainAndGoesOn() {
        sealOneOfEach();
        for (int survived : new int[]{0, 1, 130, 300}) {
            assertThatThrownBy(() -> rotation(OLD, dyingAfter(survived)).begin(NEW)).hasMessage("killed");
            assertOpensAll(before);
        }
        rotation(OLD).begin(NEW);
        for (int survived : new int[]{0, 130, 300}) {
            assertThatThrownBy(() -> rotation(NEW, dyingAfter(survived)).finish()).hasMessage("killed");
            assertOpensAll(DataKeys.in(owner, NEW));
        }
        rotation(NEW).finish();
        assertOpensAll(DataKeys.in(owner, NEW));
        rotation(NEW).begin(THIRD);
        assertOpensAll(DataKeys.in(owner, THIRD));
    }

    @Test
    void whoeverSealsMeanwhileLosesNothing() throws Exception {
        sealOneOfEach();
        var stop = new AtomicInteger();
        var begun = new CountDownLatch(4);
        try (var writers = Executors.newVirtualThreadPerTaskExecutor()) {
            var written = new ArrayList<Future<Integer>>();
            for (int n = 0; n < 4; n++) {
                var mine = workspaces().subList(n * 20, n * 20 + 20);
                written.add(writers.submit(() -> writeUntil(stop, begun, mine)));
            }
            try {
                begun.await();
                rotation(OLD).begin(NEW);
            } finally {
                stop.set(1);
            }
            for (var count : written) {
                assertThat(count.get()).isPositive();
            }
        }
        assertOpensAll(DataKeys.in(owner, NEW));
        rotation(NEW).finish();
        assertOpensAll(DataKeys.in(owner, NEW));
    }

    /// Replaces callback secrets as requests do, in a process that knows only the old master key.
    private int writeUntil(AtomicInteger stop, CountDownLatch begun, List<UUID> workspaces) {
        var pool = database.as(DatabaseRole.API);
        var keys = DataKeys.in(pool, OLD);
        int count = 0;
        while (stop.get() == 0) {
            var workspace = workspaces.get(count++ % workspaces.size());
            pool.inTransaction(workspace, tx -> tx.createUpdate("""
                    update callback_secret set previous = sealed, sealed = :sealed where workspace_id = :id""")
                    .bind("sealed", keys.seal(tx, bytes("written"), workspace, "callback-secret"))
                    .bind("id", workspace).execute());
            begun.countDown();
        }
        return count;
    }

    @Test
    void aWrongMoveIsRefused() {
        sealOneOfEach();
        assertRefused(() -> rotation(OLD).begin(OLD), "is the present one");
        assertThatCode(() -> rotation(OLD).finish()).doesNotThrowAnyException();
        rotation(OLD).begin(NEW);
        assertRefused(() -> rotation(OLD).begin(THIRD), "under way");
        assertRefused(() -> rotation(OLD).finish(), "old master key");
        assertOpensAll(DataKeys.in(owner, OLD));
    }

    @Test
    void whatNoKeyOpensIsNamedAndKeepsTheOldKeyAlive() {
        sealOneOfEach();
        var broken = workspaces().get(7);
        execute("update callback_secret set sealed = '\\x0102' where workspace_id = '%s'".formatted(broken));
        var lines = new ArrayList<String>();
        assertRefused(() -> new Rotation(owner, OLD, KeyAdmin.sealedColumns(), lines::add).begin(NEW), "1 values");
        assertThat(lines).anyMatch(line -> line.contains(broken.toString()));
        assertRefused(() -> rotation(NEW).finish(), "1 values");
        assertThatCode(() -> OLD.check(owner)).doesNotThrowAnyException();
        execute("delete from callback_secret where workspace_id = '%s'".formatted(broken));
        rotation(NEW).finish();
        assertOpensAll(DataKeys.in(owner, NEW));
    }

    private Rotation rotation(MasterKey master) {
        return rotation(master, KeyAdmin.sealedColumns());
    }

    private Rotation rotation(MasterKey master, List<SealedColumn> columns) {
        return new Rotation(owner, master, columns, _ -> {});
    }

    /// All columns, in a process that gets so far.
    private static List<SealedColumn> dyingAfter(int replaced) {
        var left = new AtomicInteger(replaced);
        return KeyAdmin.sealedColumns().stream().<SealedColumn>map(column -> new SealedColumn() {
            @Override
            public String name() {
                return column.name();
            }

            @Override
            public List<Value> listOthers(Handle handle, byte[] header, String after, int limit) {
                return column.listOthers(handle, header, after, limit);
            }

            @Override
            public boolean replace(Handle tx, Value value, byte[] sealed) {
                if (left.getAndDecrement() == 0) {
                    throw new IllegalStateException("killed");
                }
                return column.replace(tx, value, sealed);
            }
        }).toList();
    }

    /// Values of both versions in every column.
    private void sealOneOfEach() {
        database.db().inTransaction(tx -> {
            for (var workspace : workspaces()) {
                tx.createUpdate("""
                        insert into callback_secret (workspace_id, sealed, previous, previous_until)
                        values (:id, :sealed, :previous, now() + interval '1 d')""").bind("id", workspace)
                        .bind("sealed", before.seal(tx, bytes("latest"), workspace, "callback-secret"))
                        .bind("previous", OldValues.seal(OLD, bytes("before"), workspace, "callback-secret"))
                        .execute();
                tx.createUpdate("""
                        insert into provider_key (workspace_id, name, format, base_url, origin, sealed, last_four)
                        values (:id, 'one', 'openai', 'https://a.example/v1', 'https://a.example', :sealed, '')""")
                        .bind("id", workspace)
                        .bind("sealed", before.seal(tx, bytes("key"), workspace, "provider-key https://a.example"))
                        .execute();
            }
            for (var kid : List.of("a".repeat(43), "B".repeat(43), "_".repeat(43))) {
                tx.createUpdate("""
                        insert into signing_key (kid, public_key, sealed_key, signs_from)
                        values (:kid, '{}', :sealed, now())""").bind("kid", kid)
                        .bind("sealed",
                                before.seal(tx, bytes("signs"), DataKeys.NO_WORKSPACE, "signing-key " + kid))
                        .execute();
            }
        });
        Pepper.of(owner, before);
    }

    private List<UUID> workspaces() {
        return database.db().autocommit(handle -> handle
                .createQuery("select id from workspace where name = 'w' order by id").mapTo(UUID.class).list());
    }

    private void assertOpensAll(DataKeys keys) {
        assertThatCode(() -> openAll(keys)).doesNotThrowAnyException();
    }

    private void openAll(DataKeys keys) {
        for (var column : KeyAdmin.sealedColumns()) {
            var values = all(column);
            assertThat(values).as(column.name()).isNotEmpty();
            values.forEach(value -> keys.open(value.sealed(), value.workspaceId(), value.purpose()));
        }
    }

    private Set<String> values() {
        var values = new HashSet<String>();
        KeyAdmin.sealedColumns().forEach(column -> all(column)
                .forEach(value -> values.add(Base64.getEncoder().encodeToString(value.sealed()))));
        return values;
    }

    private List<SealedColumn.Value> all(SealedColumn column) {
        return database.db().autocommit(handle -> column.listOthers(handle, new byte[]{9}, "", 10_000));
    }

    private static void assertRefused(ThrowingCallable move, String why) {
        assertThatThrownBy(move).isInstanceOf(Rotation.RefusedException.class).hasMessageContaining(why);
    }

    private long count(String table) {
        return database.db().autocommit(handle -> handle.createQuery("select count(*) from " + table)
                .mapTo(Long.class).one());
    }

    private void execute(String sql) {
        database.db().autocommit(handle -> handle.execute(sql));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static MasterKey key(int fill) {
        var bytes = new byte[32];
        Arrays.fill(bytes, (byte) fill);
        return MasterKey.of(new Secret(Base64.getEncoder().encodeToString(bytes)));
    }
}
