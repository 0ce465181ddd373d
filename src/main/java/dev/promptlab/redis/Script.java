package dev.promptlab.redis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Lua that Redis runs in one piece. Make each once, in a constant.
///
/// @param sha by which Redis knows the text once it has seen it
public record Script(String text, String sha) {
    public static Script of(String text) {
        try {
            var sha = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            return new Script(text, HexFormat.of().formatHex(sha));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1 (bug)", e);
        }
    }
}
