package dev.promptlab.workspace.key;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

import dev.promptlab.config.Secret;

/// How a key is spelled: `pl_`, 43 characters of base64url for 256 random bits, and 6 for the CRC-32 of all before, so that typing
/// errors and made-up keys are told without the database, and scanners for leaked secrets can be sure.
final class KeyText {
    static final String PREFIX = "pl_";
    private static final int RANDOM_BYTES = 32;
    private static final int LAST = 4;
    private static final Pattern FORM = Pattern.compile(PREFIX + "[A-Za-z0-9_-]{49}");
    private static final int CHECKED = PREFIX.length() + 43;
    private static final SecureRandom RANDOM = new SecureRandom();

    private KeyText() {}

    static Secret random() {
        var random = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(random);
        var text = PREFIX + base64(random);
        return new Secret(text + checksum(text));
    }

    static boolean isPossible(String text) {
        return FORM.matcher(text).matches() && text.endsWith(checksum(text.substring(0, CHECKED)));
    }

    /// What people may go on seeing of it.
    static String lastFour(Secret key) {
        return key.value().substring(key.value().length() - LAST);
    }

    private static String checksum(String text) {
        var crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        return base64(ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array());
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
