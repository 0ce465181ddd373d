package dev.promptlab.workspace.account;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.promptlab.config.Settings.Oidc;
import dev.promptlab.web.Failure;
import dev.promptlab.workspace.access.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ExternalTokensTest {
    private static final UUID WORKSPACE = UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8057");

    private static RSAKey rsa;
    private static RSAKey nextRsa;
    private static ECKey ec;

    private ScriptedIssuer issuer;
    private ExternalTokens tokens;

    @BeforeAll
    static void makeKeys() throws JOSEException {
        rsa = new RSAKeyGenerator(2048).keyID("rsa").generate();
        nextRsa = new RSAKeyGenerator(2048).keyID("next").generate();
        ec = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
    }

    @BeforeEach
    void start() {
        issuer = ScriptedIssuer.start();
        issuer.has(rsa, ec);
        tokens = tokens(Duration.ofMinutes(4));
    }

    @AfterEach
    void stop() {
        tokens.close();
        issuer.close();
    }

    private ExternalTokens tokens(Duration betweenFetches) {
        return new ExternalTokens(new Oidc(issuer.url(), "promptlab", "workspace", "role"), betweenFetches);
    }

    @Test
    void aTokenSaysWhoWorksWhereAndAsWhat() throws Exception {
        var holder = new ExternalHolder("u-1", "Ada", WORKSPACE, Role.MEMBER);
        assertThat(tokens.verify(signed(JWSAlgorithm.RS256, rsa, _ -> {}))).hasValue(holder);
        assertThat(tokens.verify(signed(JWSAlgorithm.PS256, rsa, _ -> {}))).hasValue(holder);
        assertThat(tokens.verify(signed(JWSAlgorithm.ES256, ec, _ -> {}))).hasValue(holder);
        assertThat(issuer.fetches()).isOne();
    }

    @Test
    void ofSeveralRolesTheMostPowerfulCounts() throws Exception {
        var token = signed(JWSAlgorithm.RS256, rsa,
                claims -> claims.claim("role", List.of("viewer", "finance", "admin", "member")));
        assertThat(tokens.verify(token).orElseThrow().role()).isEqualTo(Role.ADMIN);
    }

    @Test
    void whoHasNoNameIsKnownByAddressOrSubject() throws Exception {
        assertThat(
                verified(claims -> claims.claim("name", null).claim("email", "ada@example.com")).orElseThrow().name())
                .isEqualTo("ada@example.com");
        assertThat(verified(claims -> claims.claim("name", null)).orElseThrow().name()).isEqualTo("u-1");
    }

    @Test
    void aGoodTokenWithoutWorkspaceOrRoleIsTold() {
        assertThatThrownBy(() -> verified(claims -> claims.claim("workspace", null)))
                .isInstanceOf(Failure.Forbidden.class)
                .hasMessage("the claim \"workspace\" of the token must be the id of a workspace");
        assertThatThrownBy(() -> verified(claims -> claims.claim("workspace", "sales")))
                .isInstanceOf(Failure.Forbidden.class);
        assertThatThrownBy(() -> verified(claims -> claims.claim("role", "root")))
                .isInstanceOf(Failure.Forbidden.class)
                .hasMessage("the claim \"role\" of the token must be one of owner, admin, member, viewer");
    }

    @Test
    void whatDoesNotHoldIsRefused() throws Exception {
        var stranger = new RSAKeyGenerator(2048).keyID("rsa").generate();
        assertThat(tokens.verify(signed(JWSAlgorithm.RS256, stranger, _ -> {}))).as("a stranger's key").isEmpty();
        assertThat(tokens.verify(signed(JWSAlgorithm.RS512, rsa, _ -> {}))).as("RS512").isEmpty();
        var secret = rsa.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8);
        assertThat(tokens.verify(signed(header(JWSAlgorithm.HS256, "rsa"), new MACSigner(secret), _ -> {})))
                .as("HS256 with the public key").isEmpty();
        assertThat(verified(claims -> claims.audience("another"))).as("for somebody else").isEmpty();
        assertThat(verified(claims -> claims.audience((String) null))).as("for nobody").isEmpty();
        assertThat(verified(claims -> claims.issuer("https://evil.example"))).as("another issuer").isEmpty();
        assertThat(verified(claims -> claims.subject(null))).as("of nobody").isEmpty();
        assertThat(verified(claims -> claims.expirationTime(null))).as("for ever").isEmpty();
        assertThat(verified(claims -> claims.expirationTime(in(-120)))).as("expired").isEmpty();
        assertThat(verified(claims -> claims.notBeforeTime(in(120)))).as("not yet valid").isEmpty();
        var good = signed(JWSAlgorithm.RS256, rsa, _ -> {});
        for (var text : List.of("", "a.b.c", good + "=", good + ".", good + "*", " " + good, good.substring(1),
                "eyJhbGciOiJub25lIn0" + good.substring(good.indexOf('.'), good.lastIndexOf('.') + 1))) {
            assertThat(tokens.verify(text)).as(text).isEmpty();
        }
    }

    @Test
    void aTokenDoesNotSayWhereItsKeyIs() throws Exception {
        var evil = new RSAKeyGenerator(2048).keyID("evil").generate();
        for (var header : List.of(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("evil").jwk(evil.toPublicJWK()).build(),
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("evil").jwkURL(URI.create(issuer.url() + "/evil"))
                        .build())) {
            assertThat(tokens.verify(signed(header, new RSASSASigner(evil), _ -> {}))).isEmpty();
        }
        var ours = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa")
                .x509CertURL(URI.create(issuer.url() + "/evil")).build();
        assertThat(tokens.verify(signed(ours, new RSASSASigner(rsa), _ -> {}))).as("with a good signature").isEmpty();
        assertThat(issuer.fetches()).as("nobody was asked").isZero();
    }

    @Test
    void onlyAccessTokensAndPlainOnesAreTaken() throws Exception {
        for (var type : List.of("at+jwt", "JWT")) {
            assertThat(tokens.verify(typed(type))).as(type).isPresent();
        }
        for (var type : List.of("logout+jwt", "dpop+jwt", "secevent+jwt")) {
            assertThat(tokens.verify(typed(type))).as(type).isEmpty();
        }
    }

    @Test
    void aNewKeyOfTheIssuerIsFetchedWhenItIsNeeded() throws Exception {
        assertThat(verified(_ -> {})).isPresent();
        issuer.has(nextRsa);
        assertThat(tokens.verify(signed(JWSAlgorithm.RS256, nextRsa, _ -> {}))).isPresent();
        assertThat(issuer.fetches()).isEqualTo(2);
    }

    @Test
    void strangersCannotMakeUsAskTheIssuerAllTheTime() throws Exception {
        assertThat(verified(_ -> {})).isPresent();
        for (int i = 0; i < 50; i++) {
            var stranger = new ECKeyGenerator(Curve.P_256).keyID("stranger" + i).generate();
            assertThat(tokens.verify(signed(JWSAlgorithm.ES256, stranger, _ -> {}))).isEmpty();
        }
        assertThat(issuer.fetches()).isLessThanOrEqualTo(2);
        assertThat(verified(_ -> {})).as("known keys go on").isPresent();
    }

    @Test
    void withoutTheIssuersKeysNobodyCanTell() throws Exception {
        issuer.isAway(true);
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> verified(_ -> {})).isInstanceOf(Failure.Unavailable.class);
        }
        try (var patient = tokens(Duration.ofMillis(1))) {
            assertThatThrownBy(() -> patient.verify(signed(JWSAlgorithm.RS256, rsa, _ -> {})))
                    .isInstanceOf(Failure.Unavailable.class);
            issuer.isAway(false);
            var token = signed(JWSAlgorithm.RS256, rsa, _ -> {});
            assertThat(awaitKeys(patient, token)).isPresent();
            issuer.isAway(true);
            assertThat(patient.verify(token)).as("with the keys from before").isPresent();
        }
    }

    /// Two fetches in the time between are allowed, and that time is a millisecond here.
    private static Optional<ExternalHolder> awaitKeys(ExternalTokens tokens, String token) {
        var end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (true) {
            try {
                return tokens.verify(token);
            } catch (Failure.Unavailable e) {
                assertThat(System.nanoTime()).isLessThan(end);
            }
        }
    }

    @Test
    void keysOfAnotherIssuerAreNotTaken() {
        issuer.claimsToBe("https://evil.example");
        assertThatThrownBy(() -> verified(_ -> {})).isInstanceOf(Failure.Unavailable.class)
                .hasMessageContaining("cannot be fetched");
    }

    private Optional<ExternalHolder> verified(Consumer<JWTClaimsSet.Builder> change) throws JOSEException {
        return tokens.verify(signed(JWSAlgorithm.RS256, rsa, change));
    }

    private String typed(String type) throws JOSEException {
        var header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa").type(new JOSEObjectType(type)).build();
        return signed(header, new RSASSASigner(rsa), _ -> {});
    }

    private String signed(JWSAlgorithm algorithm, JWK key, Consumer<JWTClaimsSet.Builder> change) throws JOSEException {
        var signer = key instanceof ECKey curve ? new ECDSASigner(curve) : new RSASSASigner(key.toRSAKey());
        return signed(header(algorithm, key.getKeyID()), signer, change);
    }

    private static JWSHeader header(JWSAlgorithm algorithm, String kid) {
        return new JWSHeader.Builder(algorithm).keyID(kid).build();
    }

    private String signed(JWSHeader header, JWSSigner signer, Consumer<JWTClaimsSet.Builder> change)
            throws JOSEException {
        var claims = new JWTClaimsSet.Builder().issuer(issuer.url()).audience("promptlab").subject("u-1")
                .expirationTime(in(300)).claim("name", "Ada").claim("workspace", WORKSPACE.toString())
                .claim("role", "member");
        change.accept(claims);
        var token = new SignedJWT(header, claims.build());
        token.sign(signer);
        return token.serialize();
    }

    private static Date in(int seconds) {
        return Date.from(Instant.now().plusSeconds(seconds));
    }
}
