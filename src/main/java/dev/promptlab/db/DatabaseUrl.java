package dev.promptlab.db;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/// Where PostgreSQL is and how to log in. Prints without the password.
///
/// @param jdbcUrl without user and password
public record DatabaseUrl(String jdbcUrl, String user, String password) {
    /// Reads `postgresql://user:password@host:port/database?sslmode=...` (or `postgres://`), percent-encoding decoded;
    /// parameters go to the driver.
    ///
    /// @throws IllegalArgumentException with what is wrong
    public static DatabaseUrl parse(String url) {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "DATABASE_URL is not a URL: percent-encode special characters of user and password", e);
        }
        var scheme = uri.getScheme();
        if (uri.getHost() == null || !("postgresql".equals(scheme) || "postgres".equals(scheme))) {
            throw new IllegalArgumentException(
                    "DATABASE_URL must look like postgresql://user:password@host:port/database");
        }
        var database = uri.getRawPath().replaceFirst("^/", "");
        if (database.isEmpty() || database.contains("/")) {
            throw new IllegalArgumentException(
                    "DATABASE_URL names no database: put it after the host, as in postgresql://user:password@host/promptlab");
        }
        var login = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo();
        int colon = login.indexOf(':');
        var user = colon < 0 ? login : login.substring(0, colon);
        var password = colon < 0 ? "" : login.substring(colon + 1);
        int port = uri.getPort() < 0 ? 5432 : uri.getPort();
        return new DatabaseUrl(jdbc(uri.getHost(), port, decode(database), uri.getRawQuery()), decode(user),
                decode(password));
    }

    /// A server of our own.
    public static DatabaseUrl of(String host, int port, String database, String user, String password) {
        return new DatabaseUrl(jdbc(host, port, database, null), user, password);
    }

    private static String jdbc(String host, int port, String database, @Nullable String query) {
        var name = URLEncoder.encode(database, StandardCharsets.UTF_8);
        return "jdbc:postgresql://" + host + ":" + port + "/" + name + (query == null ? "" : "?" + query);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return jdbcUrl.replaceFirst("^jdbc:", "").replaceFirst("\\?.*$", "");
    }
}
