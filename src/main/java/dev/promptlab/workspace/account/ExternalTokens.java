package dev.promptlab.workspace.account;

import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.promptlab.config.Settings.Oidc;
import dev.promptlab.db.StorableText;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Uuids;
import dev.promptlab.workspace.access.Role;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static java.util.Objects.requireNonNull;

/// Access tokens of an issuer outside of PromptLab, such as a company's identity provider. Its keys are fetched when they are needed,
/// at most twice in half a minute whatever strangers send, kept for five minutes, and for four hours when it is away.
/// Thread-safe.
public final class ExternalTokens implements AutoCloseable {
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256,
            JWSAlgorithm.PS256);
    private static final Duration KEPT = Duration.ofMinutes(5);
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration BETWEEN_FETCHES = Duration.ofSeconds(30);
    private static final Duration KEPT_IN_OUTAGE = Duration.ofHours(4);
    private static final int MAX_NAME = 200;
    private static final Logger log = LoggerFactory.getLogger(ExternalTokens.class);

    private final Oidc settings;
    private final IssuerKeys keys;
    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

    public ExternalTokens(Oidc settings) {
        this(settings, BETWEEN_FETCHES);
    }

    /// @param betweenFetches two are made in this time at most
    ExternalTokens(Oidc settings, Duration betweenFetches) {
        this.settings = settings;
        this.keys = new IssuerKeys(settings.issuer());
        var source = JWKSourceBuilder.create(keys).cache(KEPT.toMillis(), PATIENCE.toMillis())
                .refreshAheadCache(false).rateLimited(betweenFetches.toMillis())
                .outageTolerant(KEPT_IN_OUTAGE.toMillis()).build();
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, source));
        processor.setJWTClaimsSetVerifier(new DefaultJWTClaimsVerifier<>(settings.audience(),
                new JWTClaimsSet.Builder().issuer(settings.issuer()).build(), Set.of("sub", "exp")));
    }

    /// Whose token this is; empty when it is none of the issuer's, or does not hold.
    ///
    /// @throws Failure.Forbidden when it holds and names no workspace or no role
    /// @throws Failure.Unavailable when the issuer's keys cannot be fetched
    public Optional<ExternalHolder> verify(String token) {
        return CompactJws.parse(token).flatMap(_ -> parse(token)).flatMap(this::claims).map(this::holder);
    }

    /// Empty when it is somebody else's, which nobody needs to be asked about.
    private Optional<SignedJWT> parse(String token) {
        try {
            var jwt = SignedJWT.parse(token);
            boolean ours = settings.issuer().equals(jwt.getJWTClaimsSet().getIssuer()) && isPlain(jwt.getHeader());
            return ours ? Optional.of(jwt) : Optional.empty();
        } catch (ParseException e) {
            return Optional.empty();
        }
    }

    /// Where keys come from is not for a token to say.
    private static boolean isPlain(JWSHeader header) {
        return header.getJWKURL() == null && header.getJWK() == null && header.getX509CertURL() == null
                && header.getX509CertChain() == null && header.getCriticalParams() == null;
    }

    private Optional<JWTClaimsSet> claims(SignedJWT token) {
        try {
            return Optional.of(processor.process(token, null));
        } catch (RateLimitReachedException e) {
            if (keys.wereFetched()) { // so it is signed with a key that the issuer did not have a moment ago
                return Optional.empty();
            }
            throw unavailable();
        } catch (KeySourceException e) {
            log.warn("the keys of {} cannot be fetched: {}", settings.issuer(), e.getMessage());
            throw unavailable();
        } catch (BadJOSEException | JOSEException e) {
            log.debug("a token of {} does not hold: {}", settings.issuer(), e.getMessage());
            return Optional.empty();
        }
    }

    private Failure.Unavailable unavailable() {
        return new Failure.Unavailable("the keys of the issuer " + settings.issuer()
                + " cannot be fetched at the moment, so its tokens cannot be checked");
    }

    private ExternalHolder holder(JWTClaimsSet claims) {
        return new ExternalHolder(claims.getSubject(), name(claims), workspaceId(claims), role(claims));
    }

    private UUID workspaceId(JWTClaimsSet claims) {
        return Optional.ofNullable(text(claims, settings.workspaceClaim())).flatMap(Uuids::parse)
                .orElseThrow(() -> refusal(settings.workspaceClaim(), "the id of a workspace"));
    }

    /// The most powerful of those that the issuer names.
    private Role role(JWTClaimsSet claims) {
        var given = claims.getClaim(settings.roleClaim());
        var codes = given instanceof List<?> list ? list : List.of(Objects.requireNonNullElse(given, ""));
        return Role.BY_CODE.values().stream().filter(role -> codes.contains(role.code())).findFirst().orElseThrow(
                () -> refusal(settings.roleClaim(), "one of " + String.join(", ", Role.BY_CODE.keySet())));
    }

    private static Failure.Forbidden refusal(String claim, String wanted) {
        return new Failure.Forbidden("the claim \"" + claim + "\" of the token must be " + wanted);
    }

    private static String name(JWTClaimsSet claims) {
        var name = Objects.requireNonNullElseGet(text(claims, "name"),
                () -> Objects.requireNonNullElseGet(text(claims, "email"), claims::getSubject));
        var storable = requireNonNull(StorableText.of(name));
        return storable.length() <= MAX_NAME ? storable : storable.substring(0, MAX_NAME);
    }

    private static @Nullable String text(JWTClaimsSet claims, String name) {
        return claims.getClaim(name) instanceof String text ? text : null;
    }

    @Override
    public void close() {
        keys.close();
    }
}
