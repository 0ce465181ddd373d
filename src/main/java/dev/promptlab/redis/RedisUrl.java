package dev.promptlab.redis;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/// Where Redis is and how to log in. Prints without the password.
///
/// | form | is |
/// |---|---|
/// | `redis://:password@host:6379/0` | one server; user, password, port and database may be left out |
/// | `redis://a:6379,b:6379,c:6379`, `redis://a:6379?cluster=true` | a Cluster, by some of its nodes |
/// | `redis-sentinel://:password@a:26379,b:26379/0#mymaster` | the master of this name, by its Sentinels |
///
/// `rediss://` and `rediss-sentinel://` are the same with TLS.
///
/// @param user null = the default user
/// @param password null = none
/// @param database 0 with a Cluster
/// @param master what Sentinel knows it by; null unless `kind` is `SENTINEL`
/// @param sentinelPassword null = none
public record RedisUrl(
        Kind kind,
        boolean tls,
        @Nullable String user,
        @Nullable String password,
        List<Host> hosts,
        int database,
        @Nullable String master,
        @Nullable String sentinelPassword) {
    private static final Pattern SERVER = Pattern
            .compile("(?<host>\\[[0-9a-fA-F:.]+]|[^:@\\[\\]]+)(?::(?<port>\\d{1,5}))?");
    private static final Pattern DATABASE = Pattern.compile("/?|/(\\d{1,4})");
    private static final Set<String> SCHEMES = Set.of("redis", "rediss", "redis-sentinel", "rediss-sentinel");
    private static final int REDIS_PORT = 6379;
    private static final int SENTINEL_PORT = 26_379;
    private static final int MAX_PORT = 65_535;

    /// How the servers stand together.
    public enum Kind {
        STANDALONE, SENTINEL, CLUSTER
    }

    /// @param name a host name or an address, IPv6 without brackets
    public record Host(String name, int port) {
        @Override
        public String toString() {
            return (name.contains(":") ? "[" + name + "]" : name) + ":" + port;
        }
    }

    public RedisUrl {
        hosts = List.copyOf(hosts);
    }

    /// @throws IllegalArgumentException with what is wrong, never with a password
    public static RedisUrl parse(String text) {
        var url = uri(text);
        var scheme = String.valueOf(url.getScheme());
        if (!SCHEMES.contains(scheme) || url.getRawAuthority() == null) {
            throw new IllegalArgumentException(
                    "REDIS_URL must look like redis://:password@host:6379/0, with rediss:// for TLS,"
                            + " several hosts with commas between for a Cluster, or redis-sentinel://host:26379/0#master");
        }
        boolean sentinel = scheme.endsWith("sentinel");
        int at = url.getRawAuthority().lastIndexOf('@');
        var login = at < 0 ? new Login(null, null) : login(url.getRawAuthority().substring(0, at));
        var hosts = Stream.of(url.getRawAuthority().substring(at + 1).split(",", -1))
                .map(host -> host(host, sentinel ? SENTINEL_PORT : REDIS_PORT)).toList();
        var options = Options.of(url.getRawQuery());
        var kind = sentinel ? Kind.SENTINEL : hosts.size() > 1 || options.cluster() ? Kind.CLUSTER : Kind.STANDALONE;
        return new RedisUrl(kind, scheme.startsWith("rediss"), login.user(), login.password(), hosts,
                database(url.getRawPath(), kind), master(url.getFragment(), kind), options.sentinelPassword(kind));
    }

    private static URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException _) { // its message shows the password
            throw new IllegalArgumentException(
                    "REDIS_URL is not a URL: percent-encode special characters of user and password");
        }
    }

    private record Login(@Nullable String user, @Nullable String password) {}

    private static Login login(String text) {
        int colon = text.indexOf(':');
        if (colon < 0 || colon == text.length() - 1) {
            throw new IllegalArgumentException(
                    "REDIS_URL has no password before the @: write redis://user:password@host, or redis://:password@host");
        }
        return new Login(colon == 0 ? null : decode(text.substring(0, colon)), decode(text.substring(colon + 1)));
    }

    private static Host host(String text, int defaultPort) {
        var server = SERVER.matcher(text);
        int port = !server.matches() ? -1 : server.group("port") == null ? defaultPort
                : Integer.parseInt(server.group("port"));
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("REDIS_URL: each host must look like host or host:" + defaultPort
                    + ", with commas between several");
        }
        return new Host(server.group("host").replaceAll("[\\[\\]]", ""), port);
    }

    private static int database(String path, Kind kind) {
        var match = DATABASE.matcher(path);
        if (!match.matches()) {
            throw new IllegalArgumentException(
                    "REDIS_URL: what follows the host must be the number of a database, as in redis://host/0");
        }
        int database = match.group(1) == null ? 0 : Integer.parseInt(match.group(1));
        if (kind == Kind.CLUSTER && database != 0) {
            throw new IllegalArgumentException("REDIS_URL: a Cluster has only database 0");
        }
        return database;
    }

    private static @Nullable String master(@Nullable String fragment, Kind kind) {
        boolean named = fragment != null && !fragment.isEmpty();
        if (named != (kind == Kind.SENTINEL)) {
            throw new IllegalArgumentException(named ? "REDIS_URL: only redis-sentinel:// takes a name behind #"
                    : "REDIS_URL: name the master that the Sentinels watch, as in redis-sentinel://host:26379/0#mymaster");
        }
        return named ? fragment : null;
    }

    /// What may stand behind the question mark.
    private record Options(boolean cluster, @Nullable String password) {
        static Options of(@Nullable String query) {
            boolean cluster = false;
            String password = null;
            for (var option : query == null ? List.<String>of() : List.of(query.split("&", -1))) {
                if (option.matches("cluster=(true|false)")) {
                    cluster = option.endsWith("true");
                } else if (option.startsWith("sentinelPassword=")) {
                    password = decode(option.substring(option.indexOf('=') + 1));
                } else {
                    throw new IllegalArgumentException("REDIS_URL: behind the ? only cluster=true and, with"
                            + " redis-sentinel://, sentinelPassword=... are known");
                }
            }
            return new Options(cluster, password);
        }

        @Nullable
        String sentinelPassword(Kind kind) {
            boolean fits = kind == Kind.SENTINEL ? !cluster : password == null;
            if (!fits) {
                throw new IllegalArgumentException(
                        "REDIS_URL: sentinelPassword goes with redis-sentinel://, cluster=true with redis:// and rediss://");
            }
            return password;
        }
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "redis" + (tls ? "s" : "") + (kind == Kind.SENTINEL ? "-sentinel" : "") + "://"
                + hosts.stream().map(Host::toString).collect(Collectors.joining(","))
                + (database == 0 ? "" : "/" + database) + (master == null ? "" : "#" + master)
                + (kind == Kind.CLUSTER ? " (Cluster)" : "");
    }
}
