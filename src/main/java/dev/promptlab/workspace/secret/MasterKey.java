package dev.promptlab.workspace.secret;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.UUID;

import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

import dev.promptlab.config.Secret;
import dev.promptlab.db.Database;

/// Seals secrets of workspaces with AES-256-GCM. A sealed value opens only under the same key, workspace and purpose, so that
/// a row copied to another workspace, or put to another use, is worthless. Layout: one byte of version (1), 12 of nonce, the
/// ciphertext, 16 of tag. Thread-safe; prints as `***`.
public final class MasterKey {
    static final int BYTES = 32;

    private static final byte VERSION = 1;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SecretKeySpec key;

    private MasterKey(byte[] key) {
        this.key = new SecretKeySpec(key, "AES");
    }

    /// @param base64 32 bytes
    public static MasterKey of(Secret base64) {
        var bytes = Base64.getDecoder().decode(base64.value());
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a master key has 32 bytes (bug)");
        }
        return new MasterKey(bytes);
    }

    /// Makes sure that this is the key of the database; a database without one takes it.
    ///
    /// @throws WrongKeyException when it is not
    public MasterKey check(Database db) {
        var mine = checkValue();
        var stored = db.transaction(tx -> KeyCheckStore.findOrPut(tx, mine));
        if (!MessageDigest.isEqual(mine, stored)) {
            throw new WrongKeyException("this is not the master key that the secrets in the database were sealed with;"
                    + " start with that one (PROMPTLAB_MASTER_KEY, PROMPTLAB_MASTER_KEY_FILE, or the file "
                    + KeyFile.NAME + " of the data folder)");
        }
        return this;
    }

    /// Tells nothing about the key, and nobody has the same with another key.
    private byte[] checkValue() {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal("promptlab master key check v1".getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA-256 (bug)", e);
        }
    }

    /// @param purpose a word for what the secret is, with whatever else it must not be separated from
    public byte[] seal(byte[] secret, UUID workspaceId, String purpose) {
        var nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            var sealed = cipher(Cipher.ENCRYPT_MODE, nonce, workspaceId, purpose).doFinal(secret);
            return ByteBuffer.allocate(1 + NONCE_BYTES + sealed.length).put(VERSION).put(nonce).put(sealed).array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a secret cannot be sealed (bug)", e);
        }
    }

    /// @param purpose as it was sealed for
    /// @throws WrongKeyException when it was sealed under another key, workspace or purpose, or was changed since
    public byte[] open(byte[] sealed, UUID workspaceId, String purpose) {
        var in = ByteBuffer.wrap(sealed);
        if (sealed.length < 1 + NONCE_BYTES + TAG_BITS / 8 || in.get() != VERSION) {
            throw new WrongKeyException("this is no sealed secret");
        }
        var nonce = new byte[NONCE_BYTES];
        in.get(nonce);
        try {
            return cipher(Cipher.DECRYPT_MODE, nonce, workspaceId, purpose).doFinal(sealed, in.position(),
                    in.remaining());
        } catch (GeneralSecurityException e) {
            throw new WrongKeyException("a secret (" + purpose + ") was sealed under another key or for another use");
        }
    }

    private Cipher cipher(int mode, byte[] nonce, UUID workspaceId, String purpose) throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD((workspaceId + " " + purpose).getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    /// A sealed value and a key do not belong together.
    public static final class WrongKeyException extends RuntimeException {
        private static final long serialVersionUID = 1;

        WrongKeyException(String message) {
            super(message);
        }
    }

    @Override
    public String toString() {
        return "***";
    }
}
