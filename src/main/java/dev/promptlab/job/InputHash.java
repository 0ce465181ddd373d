package dev.promptlab.job;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.web.CanonicalJson;
import dev.promptlab.web.Sha256;

/// SHA-256 over the canonical JSON of everything that decides an answer. Equal hash in a workspace = the same work.
///
/// @param hex lower case
record InputHash(String hex) {
    /// @param content workspace, prompt, variables, provider, key scope, model and params, under fixed names
    static InputHash of(JsonNode content) {
        return new InputHash(Sha256.hex(CanonicalJson.of(content).getBytes(StandardCharsets.UTF_8)));
    }

    static InputHash of(byte[] bytes) {
        return new InputHash(HexFormat.of().formatHex(bytes));
    }

    /// As the database keeps it: 32 bytes.
    byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }
}
