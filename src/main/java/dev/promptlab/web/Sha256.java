package dev.promptlab.web;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// SHA-256 (FIPS 180-4).
public final class Sha256 {
    private Sha256() {}

    /// Of the parts, one after the other: 32 bytes.
    public static byte[] of(byte[]... parts) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (var part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256 (bug)", e);
        }
    }

    /// Lower-case hex, 64 characters.
    public static String hex(byte[] content) {
        return HexFormat.of().formatHex(of(content));
    }
}
