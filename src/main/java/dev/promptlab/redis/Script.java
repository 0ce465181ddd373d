package dev.promptlab.redis;

import io.lettuce.core.codec.Base16;

import static java.nio.charset.StandardCharsets.UTF_8;

/// Lua that Redis runs in one piece. Make each once, in a constant.
///
/// @param sha by which Redis knows the text once it has seen it
public record Script(String text, String sha) {
    public static Script of(String text) {
        return new Script(text, Base16.digest(text.getBytes(UTF_8)));
    }
}
