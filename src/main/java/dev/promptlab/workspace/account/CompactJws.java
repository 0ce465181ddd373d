package dev.promptlab.workspace.account;

import java.util.Optional;
import java.util.regex.Pattern;

/// The form of a signed token, taken strictly: three parts in base64url without padding, nothing before, between or behind. Libraries
/// skip characters that do not belong there, and one token would have many spellings.
record CompactJws(String header, String payload, String signature) {
    static final int MAX_LENGTH = 8_192;

    private static final Pattern FORM = Pattern.compile("([A-Za-z0-9_-]+)\\.([A-Za-z0-9_-]+)\\.([A-Za-z0-9_-]+)");

    static Optional<CompactJws> parse(String token) {
        if (token.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        var match = FORM.matcher(token);
        return match.matches() ? Optional.of(new CompactJws(match.group(1), match.group(2), match.group(3)))
                : Optional.empty();
    }

    /// What was signed.
    String signingInput() {
        return header + "." + payload;
    }
}
