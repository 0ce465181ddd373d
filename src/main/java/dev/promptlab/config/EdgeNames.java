package dev.promptlab.config;

import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import dev.promptlab.net.Literals;

/// Hosts and origins as the settings name them, brought to the spelling that requests have.
final class EdgeNames {
    private static final Pattern NAME = Pattern
            .compile("(?=.{1,253}$)[a-z0-9]([a-z0-9_-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9_-]*[a-z0-9])?)*");
    private static final Map<String, Integer> DEFAULT_PORTS = Map.of("http", 80, "https", 443);

    private EdgeNames() {}

    /// @param text a host name or address; IPv6 with or without brackets
    /// @return in lower case, IPv6 in brackets
    static String host(String text) {
        var host = text.toLowerCase(Locale.ROOT).replaceFirst("^\\[(.*)]$", "$1");
        var address = Literals.parse(host).map(Literals::text);
        if (address.isPresent()) {
            return address.get().contains(":") ? "[" + address.get() + "]" : address.get();
        }
        if (!NAME.matcher(host).matches() || Literals.endsInNumber(host)) {
            throw new IllegalArgumentException("\"" + text + "\" is no host name; write names such as api.example.com,"
                    + " without scheme, port or *");
        }
        return host;
    }

    /// @param text scheme, host and port if it is not the usual one
    /// @return as browsers spell it
    static String origin(String text) {
        try {
            var uri = URI.create(text.toLowerCase(Locale.ROOT));
            var usualPort = DEFAULT_PORTS.get(String.valueOf(uri.getScheme()));
            if (usualPort != null && uri.getHost() != null
                    && text.equalsIgnoreCase(uri.getScheme() + "://" + uri.getRawAuthority())
                    && uri.getRawUserInfo() == null) {
                boolean usual = uri.getPort() == -1 || uri.getPort() == usualPort;
                return uri.getScheme() + "://" + host(uri.getHost()) + (usual ? "" : ":" + uri.getPort());
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new IllegalArgumentException("\"" + text + "\" is no origin; write scheme and host, as in"
                + " https://app.example.com, without path or *");
    }
}
