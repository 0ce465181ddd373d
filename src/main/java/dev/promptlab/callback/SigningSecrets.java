package dev.promptlab.callback;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import dev.promptlab.config.Secret;
import dev.promptlab.db.Database;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Audit;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.secret.DataKeys;
import dev.promptlab.workspace.secret.SealedColumn;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// What callbacks of a workspace are signed with: one secret, made at the first need, and for a day after a rotation the one
/// before as well. Thread-safe.
public final class SigningSecrets {
    /// Receivers have this long to take a new secret in.
    static final Duration OVERLAP = Duration.ofHours(24);

    static final String PURPOSE = "callback-secret";
    private static final String PREFIX = "whsec_";
    private static final int RANDOM_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    /// As people see it.
    ///
    /// @param previousUntil until when the one before signs too; null when it does not
    record Shown(Secret secret, Instant createdAt, @Nullable Instant previousUntil) {}

    private final Database db;
    private final DataKeys keys;

    public SigningSecrets(Database db, DataKeys keys) {
        this.db = db;
        this.keys = keys;
    }

    /// For the rotation of the master key.
    public static List<SealedColumn> sealedColumns() {
        return List.of(SecretStore.SEALED, SecretStore.PREVIOUS);
    }

    /// The latest first, one or two.
    List<Secret> of(UUID workspaceId) {
        var sealed = sealed(workspaceId);
        return Stream.of(sealed.latest(), sealed.previous()).<Secret>mapMulti((secret, next) -> {
            if (secret != null) {
                next.accept(open(workspaceId, secret));
            }
        }).toList();
    }

    Shown show(UUID workspaceId) {
        return shown(workspaceId, sealed(workspaceId));
    }

    Shown rotate(Caller caller) {
        return db.transaction(caller.workspaceId(), tx -> {
            SecretStore.replace(tx, caller.workspaceId(), fresh(tx, caller.workspaceId()), OVERLAP);
            Audit.record(tx, caller, "callback.rotate_secret", caller.workspaceId().toString(), Json.object());
            return shown(caller.workspaceId(), require(tx, caller.workspaceId()));
        });
    }

    private SecretStore.Sealed sealed(UUID workspaceId) {
        return db.autocommit(workspaceId, handle -> SecretStore.find(handle, workspaceId))
                .orElseGet(() -> db.transaction(workspaceId, tx -> {
                    SecretStore.put(tx, workspaceId, fresh(tx, workspaceId));
                    return require(tx, workspaceId);
                }));
    }

    private static SecretStore.Sealed require(Handle tx, UUID workspaceId) {
        return SecretStore.find(tx, workspaceId).orElseThrow();
    }

    private Shown shown(UUID workspaceId, SecretStore.Sealed sealed) {
        return new Shown(open(workspaceId, sealed.latest()), sealed.createdAt(), sealed.previousUntil());
    }

    private byte[] fresh(Handle tx, UUID workspaceId) {
        var random = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(random);
        var text = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        return keys.seal(tx, text.getBytes(StandardCharsets.US_ASCII), workspaceId, PURPOSE);
    }

    private Secret open(UUID workspaceId, byte[] sealed) {
        return new Secret(new String(keys.open(sealed, workspaceId, PURPOSE), StandardCharsets.US_ASCII));
    }
}
