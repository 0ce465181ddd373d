package dev.promptlab.limit.rate;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.promptlab.config.Rate;
import dev.promptlab.config.Settings;
import dev.promptlab.db.Database;
import dev.promptlab.limit.rate.Ask.RouteClass;
import dev.promptlab.redis.Redis;
import dev.promptlab.web.ClientAddress;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Sha256;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Person;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import org.jspecify.annotations.Nullable;

/// How many requests one caller may make: an API key, else a user, else an address, for reads and for writes. What is changed at run
/// time holds on every process within two seconds. Thread-safe.
public final class RateLimits implements AutoCloseable {
    /// Together with the query, less than two seconds.
    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final int MAX_REMEMBERED = 20_000;
    private static final int IPV6_NETWORK_GROUPS = 4;

    private final Settings.Limits server;
    private final Windows windows;
    private final Clock clock;
    private final LoadingCache<UUID, OwnLimits> own;

    /// Who a request is counted for.
    ///
    /// @param kind as the API says it: `apiKey`, `user`, `address`
    /// @param name unique with the kind
    /// @param workspaceId null outside of workspaces: there the settings of the server hold
    record Subject(String kind, String name, @Nullable UUID workspaceId, @Nullable UUID apiKeyId) {}

    RateLimits(Settings.Limits server, Database db, Windows windows, Clock clock) {
        this.server = server;
        this.windows = windows;
        this.clock = clock;
        this.own = Caffeine.newBuilder().expireAfterWrite(FRESH).maximumSize(MAX_REMEMBERED)
                .build(id -> db.autocommit(handle -> LimitStore.find(handle, id)));
    }

    /// For a process that is alone on its database.
    ///
    /// @param db sees all workspaces
    public static RateLimits local(Settings.Limits server, Database db) {
        return new RateLimits(server, db, new LocalWindows(), Clock.systemUTC());
    }

    /// For processes that share a database.
    ///
    /// @param db sees all workspaces
    /// @param redis null = they count in PostgreSQL
    public static RateLimits shared(Settings.Limits server, Database db, @Nullable Redis redis) {
        var longest = Stream.of(server.writes(), server.reads()).flatMap(Stream::ofNullable).map(Rate::window)
                .reduce(Duration.ofMinutes(1), (a, b) -> a.compareTo(b) > 0 ? a : b);
        return new RateLimits(server, db,
                SharedWindows.start(db, redis == null ? null : new RedisWindows(redis), longest), Clock.systemUTC());
    }

    /// Counts a request, and says in its answer where the caller stands.
    ///
    /// @throws Failure.RateLimited when the limit is reached
    void admit(Context ctx) {
        var routes = routes(ctx);
        var subject = subject(ctx);
        var rate = rate(subject, routes);
        if (rate.isEmpty()) {
            return;
        }
        var verdict = windows.admit(ask(subject, routes, rate.get()));
        ctx.header("X-RateLimit-Limit", Integer.toString(verdict.limit()))
                .header("X-RateLimit-Remaining", Integer.toString(verdict.remaining()))
                .header("X-RateLimit-Reset", Long.toString(epochSecond(verdict.reset())));
        if (!verdict.admitted()) {
            throw new Failure.RateLimited("the limit is " + rate.get() + " " + routes.code() + " for this "
                    + (subject.kind().equals("apiKey") ? "API key" : subject.kind())
                    + "; the header Retry-After says when the next one is possible", verdict.retryAfter());
        }
    }

    /// Where the caller stands; counts nothing.
    Verdict look(Subject subject, RouteClass routes, Rate rate) {
        return windows.look(ask(subject, routes, rate));
    }

    Instant in(Duration fromNow) {
        return clock.instant().plus(fromNow);
    }

    /// So that this process sees a change of its own at once.
    void forget(UUID workspaceId) {
        own.invalidate(workspaceId);
    }

    private Optional<Rate> rate(Subject subject, RouteClass routes) {
        return subject.workspaceId() == null ? Optional.ofNullable(OwnLimits.ofServer(routes, server))
                : own.get(subject.workspaceId()).effective(routes, subject.apiKeyId(), server);
    }

    private static Ask ask(Subject subject, RouteClass routes, Rate rate) {
        return Ask.of(subject.kind() + " " + subject.name(), routes, rate);
    }

    /// Rounded up: at that second, the limit is free.
    private long epochSecond(Duration fromNow) {
        return Math.ceilDiv(clock.millis() + fromNow.toMillis() + 1, 1_000L);
    }

    private static RouteClass routes(Context ctx) {
        return Set.of(HandlerType.GET, HandlerType.HEAD).contains(ctx.method()) ? RouteClass.READS : RouteClass.WRITES;
    }

    static Subject subject(Context ctx) {
        return Caller.find(ctx).map(caller -> of(caller, ctx))
                .or(() -> Person.find(ctx).filter(person -> !person.equals(Person.LOCAL))
                        .map(person -> new Subject("user", person.userId().toString(), null, null)))
                .orElseGet(() -> new Subject("address", network(ClientAddress.of(ctx)), null, null));
    }

    private static Subject of(Caller caller, Context ctx) {
        if (caller.apiKeyId() != null) {
            return new Subject("apiKey", caller.apiKeyId().toString(), caller.workspaceId(), caller.apiKeyId());
        }
        if (caller.userId() != null) {
            return new Subject("user", caller.userId().toString(), caller.workspaceId(), null);
        }
        return caller.equals(Caller.LOCAL)
                ? new Subject("address", network(ClientAddress.of(ctx)), caller.workspaceId(), null)
                : new Subject("user", external(caller), caller.workspaceId(), null);
    }

    /// People of another issuer are known by name.
    private static String external(Caller caller) {
        var text = caller.workspaceId() + " " + caller.name();
        return HexFormat.of().formatHex(Sha256.of(text.getBytes(StandardCharsets.UTF_8)));
    }

    /// Of IPv6 the first 64 bits: whoever has an address there has all of them.
    static String network(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        var sides = address.split("::", 2);
        var head = Stream.of(sides[0].split(":")).filter(group -> !group.isEmpty()).toList();
        if (sides.length == 1) {
            return String.join(":", head.subList(0, IPV6_NETWORK_GROUPS)) + "::/64";
        }
        var tail = Stream.of(sides[1].split(":")).filter(group -> !group.isEmpty()).toList();
        var zeros = Stream.generate(() -> "0").limit(8L - head.size() - tail.size());
        return String.join(":", Stream.of(head.stream(), zeros, tail.stream()).flatMap(groups -> groups)
                .limit(IPV6_NETWORK_GROUPS).toList()) + "::/64";
    }

    @Override
    public void close() {
        windows.close();
    }
}
