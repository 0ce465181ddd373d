package dev.promptlab.workspace.account;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

import org.jspecify.annotations.Nullable;

/// Who showed a cookie that holds. A browser sends cookies by itself, so whatever changes something needs [#csrfToken] too, which
/// only a page of our own origin can read.
public record CookieHolder(TokenHolder holder, String csrfToken) {
    /// @param given as the header `X-CSRF-Token` says it; null when it is absent
    public boolean isCsrfToken(@Nullable String given) {
        return given != null && MessageDigest.isEqual(csrfToken.getBytes(StandardCharsets.UTF_8),
                given.getBytes(StandardCharsets.UTF_8));
    }
}
