package dev.promptlab.workspace.secret;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;

import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// 32 bytes that seal with AES-256-GCM. Layout of what is sealed: a header of the caller's, 12 bytes of nonce, the ciphertext,
/// 16 of tag. Thread-safe; prints as `***`.
final class SealingKey {
    static final int BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] raw;
    private final SecretKeySpec key;

    SealingKey(byte[] raw) {
        if (raw.length != BYTES) {
            throw new IllegalArgumentException("a key has 32 bytes (bug)");
        }
        this.raw = raw.clone();
        this.key = new SecretKeySpec(raw, "AES");
    }

    static SealingKey random() {
        var raw = new byte[BYTES];
        RANDOM.nextBytes(raw);
        return new SealingKey(raw);
    }

    /// The key itself, to be sealed under another.
    byte[] raw() {
        return raw.clone();
    }

    /// @param bound what else the value must not be separated from
    byte[] seal(byte[] header, byte[] secret, String bound) {
        var nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            var sealed = cipher(Cipher.ENCRYPT_MODE, nonce, bound).doFinal(secret);
            return ByteBuffer.allocate(header.length + NONCE_BYTES + sealed.length).put(header).put(nonce).put(sealed)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a secret cannot be sealed (bug)", e);
        }
    }

    /// @param header its length; what it says is the caller's business
    /// @throws GeneralSecurityException when it was sealed under another key or bound to something else, or was changed since
    byte[] open(byte[] sealed, int header, String bound) throws GeneralSecurityException {
        if (!isLongEnough(sealed, header)) {
            throw new GeneralSecurityException("too short");
        }
        var in = ByteBuffer.wrap(sealed).position(header);
        var nonce = new byte[NONCE_BYTES];
        in.get(nonce);
        return cipher(Cipher.DECRYPT_MODE, nonce, bound).doFinal(sealed, in.position(), in.remaining());
    }

    static boolean isLongEnough(byte[] sealed, int header) {
        return sealed.length >= header + NONCE_BYTES + TAG_BITS / 8;
    }

    /// HMAC-SHA-256 of a fixed text: tells nothing about the key, and nobody has the same with another key.
    byte[] mac(String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA-256 (bug)", e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String bound) throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(bound.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    @Override
    public String toString() {
        return "***";
    }
}
