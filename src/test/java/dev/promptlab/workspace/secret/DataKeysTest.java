package dev.promptlab.workspace.secret;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

import dev.promptlab.config.Secret;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.testing.TestServer;
import dev.promptlab.workspace.access.Caller;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DataKeysTest {
    private static final byte[] SECRET = "a secret".getBytes(StandardCharsets.UTF_8);
    private static final UUID WORKSPACE = Caller.DEFAULT_WORKSPACE;

    private TestDatabase database;
    private DataKeys keys;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        keys = TestServer.dataKeys(database);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void whatWasSealedOpensInEveryProcessForTheSameUse() {
        var sealed = seal();
        assertThat(sealed).startsWith(2);
        assertThat(keys.open(sealed, WORKSPACE, "test")).isEqualTo(SECRET);
        assertThat(TestServer.dataKeys(database).open(sealed, WORKSPACE, "test")).isEqualTo(SECRET);
        assertThat(seal()).as("a new nonce each time").isNotEqualTo(sealed);
    }

    @Test
    void itOpensForNoOtherWorkspaceOrPurposeAndNotWhenAnyByteChanged() {
        var sealed = seal();
        assertRefused(sealed, UUID.randomUUID(), "test");
        assertRefused(sealed, WORKSPACE, "other");
        for (int i = 0; i < sealed.length; i++) {
            var changed = sealed.clone();
            changed[i] ^= 1;
            assertRefused(changed, WORKSPACE, "test");
        }
        assertRefused(new byte[0], WORKSPACE, "test");
        assertRefused(new byte[]{2, 1, 1}, WORKSPACE, "test");
    }

    @Test
    void whatAMasterKeySealedBeforeThereWereDataKeysOpens() {
        var sealed = MasterKey.of(new Secret(TestServer.MASTER_KEY)).seal(SECRET, WORKSPACE, "test");
        assertThat(keys.open(sealed, WORKSPACE, "test")).isEqualTo(SECRET);
    }

    @Test
    void everyRoleCanSealAndOpenAndNoneCanChangeAKey() {
        for (var role : new DatabaseRole[]{DatabaseRole.API, DatabaseRole.WORKER, DatabaseRole.AUTH}) {
            var pool = database.as(role);
            var mine = DataKeys.in(pool, MasterKey.of(new Secret(TestServer.MASTER_KEY)));
            var sealed = pool.transaction(tx -> mine.seal(tx, SECRET, WORKSPACE, "test"));
            assertThat(mine.open(sealed, WORKSPACE, "test")).isEqualTo(SECRET);
            assertThatThrownBy(() -> pool.inTransaction(DataKeyStore::removeRetired))
                    .hasMessageContaining("permission denied");
            assertThatThrownBy(() -> pool.inTransaction(tx -> MasterKeyStore.put(tx, new byte[32])))
                    .hasMessageContaining("permission denied");
        }
    }

    @Test
    void aSecondStartMakesNoSecondKey() {
        TestServer.dataKeys(database);
        assertThat(database.db().transaction(DataKeyStore::ids)).hasSize(1);
    }

    private byte[] seal() {
        return database.db().transaction(tx -> keys.seal(tx, SECRET, WORKSPACE, "test"));
    }

    private void assertRefused(byte[] sealed, UUID workspace, String purpose) {
        assertThatThrownBy(() -> keys.open(sealed, workspace, purpose)).isInstanceOf(MasterKey.WrongKeyException.class);
    }
}
