package dev.promptlab.workspace.secret;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;

import dev.promptlab.config.Secret;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.workspace.access.Caller;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MasterKeyTest {
    private static final byte[] SECRET = "a secret".getBytes(StandardCharsets.UTF_8);
    private static final UUID WORKSPACE = Caller.DEFAULT_WORKSPACE;

    private final MasterKey key = key(1);
    private TestDatabase database;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void whatWasSealedOpensForTheSameUse() {
        var sealed = key.seal(SECRET, WORKSPACE, "test");
        assertThat(key(1).open(sealed, WORKSPACE, "test")).isEqualTo(SECRET);
        assertThat(key.seal(SECRET, WORKSPACE, "test")).as("a new nonce each time").isNotEqualTo(sealed);
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("secret");
    }

    @Test
    void itOpensForNoOtherKeyWorkspaceOrPurpose() {
        var sealed = key.seal(SECRET, WORKSPACE, "test");
        assertRefused(key(2), sealed, WORKSPACE, "test");
        assertRefused(key, sealed, UUID.randomUUID(), "test");
        assertRefused(key, sealed, WORKSPACE, "other");
    }

    @Test
    void itDoesNotOpenWhenAnyByteChanged() {
        var sealed = key.seal(SECRET, WORKSPACE, "test");
        for (int i = 0; i < sealed.length; i++) {
            var changed = sealed.clone();
            changed[i] ^= 1;
            assertRefused(key, changed, WORKSPACE, "test");
        }
        assertRefused(key, new byte[0], WORKSPACE, "test");
        assertRefused(key, new byte[]{1, 2, 3}, WORKSPACE, "test");
    }

    /// Sealed by another implementation (OpenSSL's AES-256-GCM): the layout stays as it is documented.
    @Test
    void aValueInTheDocumentedLayoutOpens() {
        var sealed = Base64.getDecoder().decode("AQABAgMEBQYHCAkKC9qG5kNDjGMNPxta8TjFRVtdNbbmUfCEhw==");
        assertThat(key.open(sealed, WORKSPACE, "test")).isEqualTo(SECRET);
    }

    @Test
    void theFirstKeyOfADatabaseStays() {
        assertThat(key.check(database.db())).isSameAs(key);
        assertThat(key(1).check(database.db())).isNotNull();
        assertThatThrownBy(() -> key(2).check(database.db())).isInstanceOf(MasterKey.WrongKeyException.class)
                .hasMessageContaining("PROMPTLAB_MASTER_KEY");
    }

    @Test
    void aKeyIsMadeUpOnceForItsOwnerAlone(@TempDir Path folder) throws IOException {
        KeyFile.in(folder, database.db()).check(database.db());
        KeyFile.in(folder, database.db()).check(database.db());
        var file = folder.resolve("master.key");
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(folder).isDirectoryContaining(path -> path.equals(file)).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void aLostOrBrokenKeyFileIsNotReplaced(@TempDir Path folder) throws IOException {
        KeyFile.in(folder, database.db()).check(database.db());
        var file = folder.resolve("master.key");
        Files.writeString(file, "nonsense");
        assertThatThrownBy(() -> KeyFile.in(folder, database.db())).isInstanceOf(MasterKey.WrongKeyException.class)
                .hasMessageContaining("does not hold 32 bytes");
        Files.delete(file);
        assertThatThrownBy(() -> KeyFile.in(folder, database.db())).isInstanceOf(MasterKey.WrongKeyException.class)
                .hasMessageContaining("is gone");
        assertThat(file).doesNotExist();
    }

    @Test
    void aKeyDoesNotPrint() {
        assertThat(key.toString()).isEqualTo("***");
    }

    private static MasterKey key(int fill) {
        var bytes = new byte[32];
        Arrays.fill(bytes, (byte) fill);
        return MasterKey.of(new Secret(Base64.getEncoder().encodeToString(bytes)));
    }

    private static void assertRefused(MasterKey key, byte[] sealed, UUID workspace, String purpose) {
        assertThatThrownBy(() -> key.open(sealed, workspace, purpose)).isInstanceOf(MasterKey.WrongKeyException.class);
    }
}
