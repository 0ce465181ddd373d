package dev.promptlab.workspace.account;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.promptlab.config.Secret;
import dev.promptlab.db.Database;
import dev.promptlab.db.Ids;
import dev.promptlab.workspace.account.SessionStore.Session;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sign-ins: each lasts 30 days, and 7 without being used. A client keeps one alive by its cookie, or by a refresh token that each
/// use replaces; a token that comes a second time was stolen, and ends the session. What one process revokes, every other
/// refuses within two seconds, sooner with a hint. Thread-safe.
public final class Sessions {
    static final Duration LIFE = Duration.ofDays(30);
    static final Duration IDLE = Duration.ofDays(7);

    private static final String REFRESH_PREFIX = "plr_";
    private static final String COOKIE_PREFIX = "plc_";
    /// With the time of the query, less than the two seconds that are promised.
    private static final Duration REMEMBERED = Duration.ofMillis(1_500);
    private static final int MAX_REMEMBERED = 20_000;
    private static final int MAX_PER_USER = 100;
    private static final Logger log = LoggerFactory.getLogger(Sessions.class);

    /// A session and what its client has to keep.
    ///
    /// @param secret a refresh token, or a cookie; known to nobody else
    /// @param endsAt unless it is used
    record Opened(UUID id, Secret secret, Instant endsAt) {}

    /// What came of showing a refresh token.
    sealed interface Refresh {
        record Done(User user, Opened session) implements Refresh {}

        /// It was used before; its session was revoked.
        record Stolen(UUID sessionId) implements Refresh {}

        record Unknown() implements Refresh {}
    }

    private final Database db;
    private final LoadingCache<UUID, Optional<Session>> byId;
    private final LoadingCache<String, Optional<Session>> byCookie;
    private volatile Runnable revoked = () -> {};

    Sessions(Database db) {
        this.db = db;
        var remembered = Caffeine.newBuilder().expireAfterWrite(REMEMBERED).maximumSize(MAX_REMEMBERED);
        this.byId = remembered.build(id -> db.autocommit(handle -> SessionStore.find(handle, id, IDLE)));
        this.byCookie = remembered.build(this::load);
    }

    /// @param hint tells other processes to [#forget]
    public void onRevoke(Runnable hint) {
        revoked = hint;
    }

    /// Looks again at whatever comes next: another process has revoked something.
    public void forget() {
        byId.invalidateAll();
        byCookie.invalidateAll();
    }

    /// Whose cookie this is; empty when it is nobody's, or not any more.
    public Optional<CookieHolder> find(String cookie) {
        if (!cookie.startsWith(COOKIE_PREFIX)) {
            return Optional.empty();
        }
        var secret = new Secret(cookie);
        return byCookie.get(HexFormat.of().formatHex(RandomTokens.hash(secret)))
                .map(session -> new CookieHolder(holder(session), csrfToken(secret)));
    }

    private Optional<Session> load(String cookieHash) {
        return db.autocommit(handle -> {
            var session = SessionStore.findByCookie(handle, HexFormat.of().parseHex(cookieHash), IDLE);
            session.ifPresent(known -> SessionStore.touch(handle, known.id()));
            return session;
        });
    }

    private static TokenHolder holder(Session session) {
        var user = session.user();
        return new TokenHolder(user.id(), user.email(), user.name(), session.id(), null, session.endsAt());
    }

    /// What a page of ours has to send beside this cookie. It can be told only by whoever knows the cookie, which scripts cannot.
    static String csrfToken(Secret cookie) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(cookie.value().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return Base64.getUrlEncoder().withoutPadding()
                    .encodeToString(mac.doFinal("promptlab csrf v1".getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA-256 (bug)", e);
        }
    }

    /// As it was at most two seconds ago.
    Optional<Session> find(UUID id) {
        return byId.get(id);
    }

    Opened open(Handle tx, UUID userId, Client client) {
        SessionStore.deleteOldest(tx, userId, MAX_PER_USER - 1);
        var id = Ids.next();
        return switch (client.kind()) {
            case TOKEN -> {
                SessionStore.insert(tx, id, userId, client, null, LIFE);
                yield withFreshToken(tx, id);
            }
            case COOKIE -> {
                var cookie = RandomTokens.next(COOKIE_PREFIX);
                SessionStore.insert(tx, id, userId, client, RandomTokens.hash(cookie), LIFE);
                yield opened(tx, id, cookie);
            }
        };
    }

    private static Opened withFreshToken(Handle tx, UUID id) {
        var token = RandomTokens.next(REFRESH_PREFIX);
        SessionStore.insertToken(tx, RandomTokens.hash(token), id);
        return opened(tx, id, token);
    }

    private static Opened opened(Handle tx, UUID id, Secret secret) {
        return new Opened(id, secret, SessionStore.find(tx, id, IDLE).orElseThrow().endsAt());
    }

    /// Takes a refresh token and gives the next one, once.
    Refresh refresh(Secret token) {
        var hash = RandomTokens.hash(token);
        var outcome = db.transaction(tx -> SessionStore.lockByToken(tx, hash, IDLE)
                .map(id -> refresh(tx, id, hash)).orElseGet(Refresh.Unknown::new));
        if (outcome instanceof Refresh.Stolen(var sessionId)) {
            log.warn("a refresh token was used twice; session {} was revoked", sessionId);
            forgetEverywhere(List.of(sessionId));
        }
        return outcome;
    }

    private static Refresh refresh(Handle tx, UUID id, byte[] hash) {
        if (!SessionStore.useToken(tx, hash)) {
            SessionStore.delete(tx, id);
            return new Refresh.Stolen(id);
        }
        SessionStore.use(tx, id);
        var session = withFreshToken(tx, id);
        return new Refresh.Done(SessionStore.find(tx, id, IDLE).orElseThrow().user(), session);
    }

    List<SessionStore.Listed> list(UUID userId) {
        return db.autocommit(handle -> SessionStore.list(handle, userId, IDLE));
    }

    /// @return false when the user has no such session
    boolean revoke(UUID userId, UUID id) {
        boolean done = db.transaction(tx -> SessionStore.delete(tx, userId, id));
        forgetEverywhere(List.of(id));
        return done;
    }

    void revokeAll(UUID userId) {
        forgetEverywhere(db.transaction(tx -> SessionStore.deleteAll(tx, userId, null)));
    }

    /// After the commit that removed them.
    void forgetEverywhere(List<UUID> ids) {
        byId.invalidateAll(ids);
        byCookie.invalidateAll();
        revoked.run();
    }

    /// Gives back the space of some that are over.
    void tidy() {
        db.autocommit(handle -> {
            SessionStore.deleteExpired(handle);
            return true;
        });
    }
}
