package dev.promptlab.db;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/// Where PostgreSQL is and how to log in. Prints without the password.
///
/// @param jdbcUrl without user and password
public record DatabaseUrl(String jdbcUrl, String user, String password) {
    /// Wider than [URI]'s, which knows no `_` in hosts as networks of containers have them.
    private static final Pattern SERVER = Pattern
            .compile("(?:(?<user>[^:@]*)(?::(?<password>[^@]*))?@)?(?<host>\\[[^\\]]+]|[^:@]+)(?::(?<port>\\d{1,5}))?");

    /// Reads `postgresql://user:password@host:port/database?sslmode=...` (or `postgres://`), percent-encoding decoded;
    /// parameters go to the driver.
    ///
    /// @throws IllegalArgumentException with what is wrong
    public static DatabaseUrl parse(String text) {
        var url = uri(text);
        var scheme = url.getScheme();
        var server = SERVER.matcher(url.getRawAuthority() == null ? "" : url.getRawAuthority());
        if (!("postgresql".equals(scheme) || "postgres".equals(scheme)) || !server.matches()) {
            throw new IllegalArgumentException(
                    "DATABASE_URL must look like postgresql://user:password@host:port/database,"
                            + " with special characters of user and password percent-encoded");
        }
        var database = url.getRawPath().replaceFirst("^/", "");
        if (database.isEmpty() || database.contains("/")) {
            throw new IllegalArgumentException(
                    "DATABASE_URL names no database: put it after the host, as in postgresql://user:password@host/promptlab");
        }
        var user = part(server, "user");
        if (user.isEmpty()) {
            throw new IllegalArgumentException(
                    "DATABASE_URL names no user: put it before the host, as in postgresql://user:password@host/promptlab");
        }
        var port = part(server, "port");
        return new DatabaseUrl(
                jdbc(part(server, "host"), port.isEmpty() ? 5432 : Integer.parseInt(port), decode(database),
                        url.getRawQuery()),
                decode(user), decode(part(server, "password")));
    }

    private static URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException _) { // its message shows the password
            throw new IllegalArgumentException(
                    "DATABASE_URL is not a URL: percent-encode special characters of user and password");
        }
    }

    private static String part(Matcher server, String name) {
        var part = server.group(name);
        return part == null ? "" : part;
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
