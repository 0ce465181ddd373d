package dev.promptlab.web;

import java.util.Map;

import org.eclipse.jetty.http.HttpFields;

/// What every answer tells browsers; pages loosen the content policy for themselves.
final class SecurityHeaders {
    private static final Map<String, String> ALWAYS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
            "X-Content-Type-Options", "nosniff",
            "Referrer-Policy", "no-referrer",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
            "Cache-Control", "no-store");

    private SecurityHeaders() {}

    static void put(HttpFields.Mutable headers) {
        ALWAYS.forEach(headers::put);
    }

    /// From now on only over https, for a year.
    static void putHttpsOnly(HttpFields.Mutable headers) {
        headers.put("Strict-Transport-Security", "max-age=31536000");
    }
}
