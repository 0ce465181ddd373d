package dev.promptlab.workspace.account;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import dev.promptlab.config.Secret;
import dev.promptlab.web.Json;
import dev.promptlab.web.Sha256;
import dev.promptlab.web.Uuids;
import org.jspecify.annotations.Nullable;

/// Access tokens: JWTs (RFC 9068) that live 15 minutes, signed with ES256 by one of [SigningKeys]. What verification takes is pinned:
/// the three header fields that we write and no other, our own keys, our own issuer and audience. A token is worth no more than
/// the session it was made in. Those that hold are remembered by their hash, since the check of a signature is dear.
/// Thread-safe.
public final class AccessTokens {
    static final Duration LIFE = Duration.ofMinutes(15);
    static final String ISSUER = "promptlab";
    static final String AUDIENCE = "promptlab-api";

    private static final JOSEObjectType TYPE = new JOSEObjectType("at+jwt");
    private static final Set<String> HEADER = Set.of("alg", "typ", "kid");
    /// The clocks of two processes differ.
    private static final Duration SKEW = Duration.ofMinutes(1);
    private static final long MAX_EPOCH_SECOND = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
    private static final int MAX_REMEMBERED = 20_000;

    /// @param token for the header `Authorization: Bearer`
    record Issued(Secret token, Instant expiresAt) {}

    /// What a token says, once it is known to be ours.
    private record Claims(UUID userId, UUID sessionId, @Nullable UUID workspaceId, Instant expiresAt) {}

    private final SigningKeys keys;
    private final Sessions sessions;
    private final Clock clock;
    private final Cache<String, Claims> verified = Caffeine.newBuilder().expireAfterWrite(LIFE)
            .maximumSize(MAX_REMEMBERED).build();

    AccessTokens(SigningKeys keys, Sessions sessions, Clock clock) {
        this.keys = keys;
        this.sessions = sessions;
        this.clock = clock;
    }

    /// @param workspaceId that requests with this token are about, unless they say otherwise; null = it names none
    Issued issue(User user, UUID sessionId, @Nullable UUID workspaceId) {
        var key = keys.signer();
        var header = new JWSHeader.Builder(JWSAlgorithm.ES256).type(TYPE).keyID(key.getKeyID()).build();
        var now = Instant.ofEpochSecond(clock.instant().getEpochSecond());
        var expiresAt = now.plus(LIFE);
        var claims = Json.object().put("iss", ISSUER).put("aud", AUDIENCE).put("sub", user.id().toString())
                .put("sid", sessionId.toString()).put("jti", UUID.randomUUID().toString())
                .put("iat", now.getEpochSecond()).put("exp", expiresAt.getEpochSecond())
                .put("email", user.email()).put("name", user.name());
        if (workspaceId != null) {
            claims.put("workspace", workspaceId.toString());
        }
        var input = header.toBase64URL() + "." + Base64URL.encode(Json.bytes(claims));
        return new Issued(new Secret(input + "." + Es256.sign(header, input, key)), expiresAt);
    }

    /// Whose token this is; empty when it is none of ours, has expired, or its session has ended or was revoked more than two
    /// seconds ago.
    public Optional<TokenHolder> verify(String token) {
        return claims(token).filter(claims -> clock.instant().isBefore(claims.expiresAt())).flatMap(this::holder);
    }

    private Optional<TokenHolder> holder(Claims claims) {
        return sessions.find(claims.sessionId()).filter(session -> session.user().id().equals(claims.userId()))
                .map(session -> new TokenHolder(claims.userId(), session.user().email(), session.user().name(),
                        claims.sessionId(), claims.workspaceId(), claims.expiresAt()));
    }

    private Optional<Claims> claims(String token) {
        var hash = HexFormat.of().formatHex(Sha256.of(token.getBytes(StandardCharsets.UTF_8)));
        var known = verified.getIfPresent(hash);
        if (known != null) {
            return Optional.of(known);
        }
        var claims = CompactJws.parse(token).filter(this::isSigned).flatMap(jws -> object(jws.payload()))
                .flatMap(this::claims);
        claims.ifPresent(checked -> verified.put(hash, checked));
        return claims;
    }

    private boolean isSigned(CompactJws token) {
        return object(token.header()).flatMap(AccessTokens::kid).flatMap(keys::verifier)
                .filter(key -> Es256.verifies(token, key)).isPresent();
    }

    /// Empty unless the header says exactly what ours say.
    private static Optional<String> kid(ObjectNode header) {
        var names = StreamSupport.stream(((Iterable<String>) header::fieldNames).spliterator(), false)
                .collect(Collectors.toSet());
        boolean ours = names.equals(HEADER) && isText(header, "alg", JWSAlgorithm.ES256.getName())
                && isText(header, "typ", TYPE.getType());
        return ours && header.get("kid").isTextual() ? Optional.of(header.get("kid").textValue()) : Optional.empty();
    }

    private Optional<Claims> claims(ObjectNode payload) {
        var userId = uuid(payload, "sub");
        var sessionId = uuid(payload, "sid");
        var expiresAt = time(payload, "exp");
        var issuedAt = time(payload, "iat");
        var workspaceId = uuid(payload, "workspace");
        boolean ours = isText(payload, "iss", ISSUER) && isText(payload, "aud", AUDIENCE)
                && payload.path("jti").isTextual() && (workspaceId != null || !payload.has("workspace"));
        if (!ours || userId == null || sessionId == null || expiresAt == null || !isPast(issuedAt)
                || (payload.has("nbf") && !isPast(time(payload, "nbf")))) {
            return Optional.empty();
        }
        return Optional.of(new Claims(userId, sessionId, workspaceId, expiresAt));
    }

    private boolean isPast(@Nullable Instant time) {
        return time != null && !time.isAfter(clock.instant().plus(SKEW));
    }

    private static boolean isText(ObjectNode object, String name, String wanted) {
        return wanted.equals(object.path(name).textValue());
    }

    private static @Nullable UUID uuid(ObjectNode object, String name) {
        var text = object.path(name).textValue();
        return text == null ? null : Uuids.parse(text).orElse(null);
    }

    private static @Nullable Instant time(ObjectNode object, String name) {
        var node = object.path(name);
        boolean possible = node.isIntegralNumber() && node.canConvertToLong() && node.longValue() >= 0
                && node.longValue() <= MAX_EPOCH_SECOND;
        return possible ? Instant.ofEpochSecond(node.longValue()) : null;
    }

    private static Optional<ObjectNode> object(String base64) {
        try {
            JsonNode node = Json.read(new Base64URL(base64).decode());
            return node instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
