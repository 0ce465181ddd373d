package dev.promptlab.workspace.key;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import dev.promptlab.db.Database;
import dev.promptlab.workspace.secret.DataKeys;
import dev.promptlab.workspace.secret.SealedColumn;
import org.jdbi.v3.core.Handle;

/// What keys are hashed under. It stays the same when the master key changes, or every key would be lost. Thread-safe; prints
/// as `***`.
public final class Pepper {
    static final String PURPOSE = "api-key-pepper";
    private static final int BYTES = 32;
    private static final String ALGORITHM = "HmacSHA256";

    /// Never used itself: to copy it is cheaper than to make another.
    private final Mac keyed;

    private Pepper(byte[] key) {
        try {
            keyed = Mac.getInstance(ALGORITHM);
            keyed.init(new SecretKeySpec(key, ALGORITHM));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA-256 (bug)", e);
        }
    }

    /// The one of the database, made at the first need.
    ///
    /// @param owner may read and write it
    public static Pepper of(Database owner, DataKeys keys) {
        var sealed = owner.autocommit(PepperStore::find)
                .orElseGet(() -> owner.transaction(tx -> findOrMake(tx, keys)));
        return new Pepper(keys.open(sealed, DataKeys.NO_WORKSPACE, PURPOSE));
    }

    private static byte[] findOrMake(Handle tx, DataKeys keys) {
        var random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        PepperStore.put(tx, keys.seal(tx, random, DataKeys.NO_WORKSPACE, PURPOSE));
        return PepperStore.find(tx).orElseThrow();
    }

    /// For the rotation of the master key.
    public static List<SealedColumn> sealedColumns() {
        return List.of(new PepperStore());
    }

    /// 32 bytes.
    byte[] hash(String apiKey) {
        try {
            return ((Mac) keyed.clone()).doFinal(apiKey.getBytes(StandardCharsets.US_ASCII));
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("Java's HMAC can be copied (bug)", e);
        }
    }

    @Override
    public String toString() {
        return "***";
    }
}
