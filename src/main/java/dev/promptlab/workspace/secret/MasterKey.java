package dev.promptlab.workspace.secret;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.UUID;

import dev.promptlab.config.Secret;
import dev.promptlab.db.Database;

/// The key of an installation. It wraps the data keys that seal secrets ([DataKeys]); before there were data keys it sealed
/// secrets itself, and what it sealed then it still opens. Layout: one byte of version (1), 12 of nonce, the ciphertext, 16 of
/// tag. Thread-safe; prints as `***`.
public final class MasterKey {
    static final byte VERSION = 1;
    private static final byte[] HEADER = {VERSION};

    private final SealingKey key;

    private MasterKey(SealingKey key) {
        this.key = key;
    }

    /// @param base64 32 bytes
    /// @throws IllegalArgumentException when it is something else
    public static MasterKey of(Secret base64) {
        return new MasterKey(new SealingKey(Base64.getDecoder().decode(base64.value())));
    }

    /// Makes sure that this is a key of the database; a database without one takes it.
    ///
    /// @throws WrongKeyException when it is not
    public MasterKey check(Database db) {
        boolean accepted = db.transaction(tx -> {
            DataKeyStore.lock(tx);
            MasterKeyStore.putFirst(tx, checkValue());
            return MasterKeyStore.accepted(tx).stream().anyMatch(this::isOf);
        });
        if (!accepted) {
            throw new WrongKeyException("this is not the master key that the secrets in the database were sealed with;"
                    + " start with that one (PROMPTLAB_MASTER_KEY, PROMPTLAB_MASTER_KEY_FILE, or the file "
                    + KeyFile.NAME + " of the data folder)");
        }
        return this;
    }

    /// Tells one key from another, and nothing about either.
    byte[] checkValue() {
        return key.mac("promptlab master key check v1");
    }

    boolean isOf(byte[] checkValue) {
        return MessageDigest.isEqual(checkValue, checkValue());
    }

    /// @param purpose a word for what the secret is, with whatever else it must not be separated from
    byte[] seal(byte[] secret, UUID workspaceId, String purpose) {
        return key.seal(HEADER, secret, bound(workspaceId, purpose));
    }

    /// @param purpose as it was sealed for
    /// @throws WrongKeyException when it was sealed under another key, workspace or purpose, or was changed since
    byte[] open(byte[] sealed, UUID workspaceId, String purpose) {
        if (sealed.length == 0 || sealed[0] != VERSION) {
            throw new WrongKeyException("this is no secret that a master key sealed");
        }
        try {
            return key.open(sealed, HEADER.length, bound(workspaceId, purpose));
        } catch (GeneralSecurityException e) {
            throw WrongKeyException.of(purpose);
        }
    }

    static String bound(UUID workspaceId, String purpose) {
        return workspaceId + " " + purpose;
    }

    /// A sealed value and a key do not belong together.
    public static final class WrongKeyException extends RuntimeException {
        private static final long serialVersionUID = 1;

        WrongKeyException(String message) {
            super(message);
        }

        static WrongKeyException of(String purpose) {
            return new WrongKeyException("a secret (" + purpose + ") was sealed under another key or for another use");
        }
    }

    @Override
    public String toString() {
        return "***";
    }
}
