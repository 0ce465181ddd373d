package dev.promptlab.workspace.account;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;

import dev.promptlab.config.Secret;
import dev.promptlab.web.Sha256;

/// Secrets that nobody can guess, 256 random bits. They are stored as their SHA-256; such a one needs neither salt nor slowness.
final class RandomTokens {
    private static final int BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private RandomTokens() {}

    /// @param prefix says what it is, to people and to scanners for leaked secrets
    static Secret next(String prefix) {
        var random = new byte[BYTES];
        RANDOM.nextBytes(random);
        return new Secret(prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(random));
    }

    static byte[] hash(Secret token) {
        return Sha256.of(token.value().getBytes(StandardCharsets.UTF_8));
    }
}
