package dev.promptlab.workspace.account;

import java.math.BigInteger;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.impl.ECDSA;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.testing.TestServer;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class AccessTokensTest {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    private static TestDatabase database;
    private static TestAccounts accounts;
    private static Sessions sessions;
    private static SigningKeys keys;
    private static AccessTokens tokens;
    private static User user;
    private static UUID sessionId;
    private static ECKey key;
    private static String valid;

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        accounts = TestAccounts.on(database);
        sessions = new Sessions(database.as(DatabaseRole.AUTH));
        keys = new SigningKeys(database.as(DatabaseRole.AUTH), TestServer.dataKeys(database));
        keys.makeFirst();
        tokens = at(NOW);
        user = accounts.user("ada@example.com");
        sessionId = accounts.session(sessions, user.id(), Client.Kind.TOKEN).id();
        key = keys.signer();
        valid = tokens.issue(user, sessionId, null).token().value();
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    private static AccessTokens at(Instant now) {
        return new AccessTokens(keys, sessions, Clock.fixed(now, ZoneOffset.UTC));
    }

    @Test
    void aTokenSaysWhoItsHolderIs() {
        var workspace = UUID.randomUUID();
        var issued = tokens.issue(user, sessionId, workspace);
        assertThat(issued.expiresAt()).isEqualTo(NOW.plus(Duration.ofMinutes(15)));
        assertThat(tokens.verify(issued.token().value())).hasValue(new TokenHolder(user.id(), "ada@example.com",
                "Somebody", sessionId, workspace, issued.expiresAt()));
        assertThat(tokens.verify(valid).orElseThrow().workspaceId()).isNull();
    }

    @Test
    void aTokenCarriesWhatTheRfcAsksFor() {
        var header = json(valid.split("\\.")[0]);
        assertThat(header).isEqualTo(Json.object().put("alg", "ES256").put("typ", "at+jwt").put("kid", key.getKeyID()));
        var claims = json(valid.split("\\.")[1]);
        assertThat(claims.properties().stream().map(Map.Entry::getKey))
                .containsExactly("iss", "aud", "sub", "sid", "jti", "iat", "exp", "email", "name");
        assertThat(claims.get("exp").longValue() - claims.get("iat").longValue()).isEqualTo(900);
    }

    @Test
    void aTokenEndsAfterAQuarterOfAnHour() {
        assertThat(at(NOW.plus(Duration.ofMinutes(15)).minusMillis(1)).verify(valid)).isPresent();
        assertThat(at(NOW.plus(Duration.ofMinutes(15))).verify(valid)).isEmpty();
    }

    @Test
    void aTokenThatWasVerifiedBeforeEndsAsWell() {
        var clock = new SettableClock(NOW);
        var remembering = new AccessTokens(keys, sessions, clock);
        assertThat(remembering.verify(valid)).isPresent();
        clock.set(NOW.plus(Duration.ofMinutes(15)));
        assertThat(remembering.verify(valid)).isEmpty();
    }

    @Test
    void aProcessWhoseClockIsAMinuteLateTakesATokenOfNow() {
        assertThat(at(NOW.minusSeconds(60)).verify(valid)).isPresent();
        assertThat(at(NOW.minusSeconds(61)).verify(valid)).isEmpty();
    }

    @Test
    void noTwoTokensAreTheSameAndNoneHasASecondSignature() {
        for (int i = 0; i < 20; i++) {
            var token = tokens.issue(user, sessionId, null).token().value();
            assertThat(token).isNotEqualTo(valid);
            assertThat(tokens.verify(token)).isPresent();
            assertThat(tokens.verify(withSignature(token, AccessTokensTest::negated))).isEmpty();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forgeries")
    void noForgeryIsTaken(String name, String token) {
        assertThat(tokens.verify(token)).as(name).isEmpty();
        assertThat(tokens.verify(token)).as(name + ", a second time").isEmpty();
        assertThat(tokens.verify(valid)).as("the real one").isPresent();
    }

    @Test
    void theForgersToolsMakeGoodTokensWhenNothingIsChanged() {
        assertThat(tokens.verify(signed(header(), payload()))).isPresent();
        assertThat(tokens.verify(signed(header(), payload().put("nbf", NOW.getEpochSecond())))).isPresent();
        assertThat(tokens.verify(withSignature(valid, old -> concatenated(first(old), second(old))))).isPresent();
    }

    private record Forgery(String name, String token) {}

    static List<Object[]> forgeries() throws Exception {
        var all = new ArrayList<Forgery>();
        algorithms(all);
        keyIds(all);
        headers(all);
        claims(all);
        spellings(all);
        signatures(all);
        assertThat(all).hasSizeGreaterThan(100);
        return all.stream().map(forgery -> new Object[]{forgery.name(), forgery.token()}).toList();
    }

    private static void algorithms(List<Forgery> all) throws Exception {
        var payload = part(1);
        for (var none : List.of("none", "None", "NONE", "nOnE", "", " none", "null")) {
            var header = encoded(header().put("alg", none));
            all.add(new Forgery("alg \"" + none + "\" without signature", header + "." + payload + "."));
            all.add(new Forgery("alg \"" + none + "\" with the old signature", header + "." + payload + "." + part(2)));
        }
        all.add(new Forgery("no alg", signed(without(header(), "alg"), payload())));
        all.add(new Forgery("alg null", signed(header().putNull("alg"), payload())));
        all.add(new Forgery("alg in lower case", signed(header().put("alg", "es256"), payload())));
        all.add(new Forgery("alg as a list", signed(with(header(), "alg", "[\"ES256\"]"), payload())));
        var publicKey = key.toPublicJWK();
        for (var secret : List.of(publicKey.toECPublicKey().getEncoded(),
                pem(publicKey).getBytes(StandardCharsets.UTF_8),
                publicKey.toJSONString().getBytes(StandardCharsets.UTF_8), publicKey.getX().decode())) {
            all.add(new Forgery("HS256 with the public key, " + secret.length + " bytes",
                    signed(JWSAlgorithm.HS256, new MACSigner(secret))));
        }
        all.add(new Forgery("RS256",
                signed(JWSAlgorithm.RS256, new RSASSASigner(new RSAKeyGenerator(2048).generate()))));
        all.add(new Forgery("PS256",
                signed(JWSAlgorithm.PS256, new RSASSASigner(new RSAKeyGenerator(2048).generate()))));
        var p384 = new ECDSASigner(new ECKeyGenerator(Curve.P_384).generate());
        all.add(new Forgery("ES384", signed(JWSAlgorithm.ES384, p384)));
        var p521 = new ECDSASigner(new ECKeyGenerator(Curve.P_521).generate());
        all.add(new Forgery("ES512", signed(JWSAlgorithm.ES512, p521)));
        var input = part(0) + "." + part(1);
        all.add(new Forgery("ES256 by a key of another curve", input + "."
                + p384.sign(new JWSHeader(JWSAlgorithm.ES384), input.getBytes(StandardCharsets.US_ASCII))));
        all.add(new Forgery("EdDSA", edDsa()));
        all.add(new Forgery("our kid, a stranger's key", signed(header(), payload(), stranger())));
    }

    private static void keyIds(List<Forgery> all) {
        for (var kid : List.of("", " ", "unknown", "../../../../dev/null", "/dev/null", "file:///dev/null",
                "https://evil.example/key", "' or '1'='1", "x' union select 'AA' --", "'; drop table signing_key; --",
                "${jndi:ldap://evil.example}", key.getKeyID() + "\n", key.getKeyID() + " ", key.getKeyID() + "\u0000",
                key.getKeyID().toLowerCase(Locale.ROOT), "%", "*", "0", "a".repeat(5_000))) {
            all.add(new Forgery("kid " + kid, signed(header().put("kid", kid), payload())));
        }
        all.add(new Forgery("kid of /dev/null with an empty key",
                hmac(header().put("alg", "HS256").put("kid", "../../../dev/null"), new byte[32])));
        all.add(new Forgery("no kid", signed(without(header(), "kid"), payload())));
        all.add(new Forgery("kid null", signed(header().putNull("kid"), payload())));
        all.add(new Forgery("kid 1", signed(header().put("kid", 1), payload())));
        all.add(new Forgery("kid as a list", signed(with(header(), "kid", "[\"" + key.getKeyID() + "\"]"), payload())));
        all.add(new Forgery("kid of a stranger",
                signed(header().put("kid", stranger().getKeyID()), payload(), stranger())));
    }

    private static void headers(List<Forgery> all) throws Exception {
        var stranger = stranger();
        all.add(new Forgery("jwk with the key that signed",
                signed(with(header(), "jwk", stranger.toPublicJWK().toJSONString()), payload(), stranger)));
        all.add(new Forgery("jwk alone", signed(
                without(with(header(), "jwk", stranger.toPublicJWK().toJSONString()), "kid"), payload(), stranger)));
        all.add(new Forgery("jwk of ours", signed(with(header(), "jwk", key.toPublicJWK().toJSONString()), payload())));
        for (var name : List.of("jku", "x5u")) {
            all.add(new Forgery(name, signed(header().put(name, "https://evil.example/keys"), payload(), stranger)));
            all.add(new Forgery(name + " under our own signature",
                    signed(header().put(name, "https://evil.example/keys"), payload())));
        }
        all.add(new Forgery("x5c", signed(with(header(), "x5c", "[\"MIIB\"]"), payload())));
        all.add(new Forgery("x5t", signed(header().put("x5t", "AAAA"), payload())));
        all.add(new Forgery("x5t#S256", signed(header().put("x5t#S256", "AAAA"), payload())));
        all.add(new Forgery("crit", signed(with(header(), "crit", "[\"exp\"]"), payload())));
        all.add(new Forgery("crit, empty", signed(with(header(), "crit", "[]"), payload())));
        all.add(new Forgery("b64", signed(with(header().put("b64", false), "crit", "[\"b64\"]"), payload())));
        all.add(new Forgery("zip", signed(header().put("zip", "DEF"), payload())));
        all.add(new Forgery("cty", signed(header().put("cty", "JWT"), payload())));
        all.add(new Forgery("enc", signed(header().put("enc", "A256GCM"), payload())));
        for (var type : List.of("JWT", "AT+JWT", "application/at+jwt", "refresh+jwt", "id+jwt", "")) {
            all.add(new Forgery("typ " + type, signed(header().put("typ", type), payload())));
        }
        all.add(new Forgery("no typ", signed(without(header(), "typ"), payload())));
        all.add(new Forgery("header is a list", signed("[]", Json.text(payload()), key)));
        all.add(new Forgery("header is no JSON", signed("{", Json.text(payload()), key)));
        all.add(new Forgery("alg twice", signed(Json.text(header()).replaceFirst("\\{", "{\"alg\":\"none\","),
                Json.text(payload()), key)));
    }

    private static void claims(List<Forgery> all) {
        all.add(new Forgery("another iss", signed(header(), payload().put("iss", "https://evil.example"))));
        all.add(new Forgery("iss as a list", signed(header(), with(payload(), "iss", "[\"promptlab\"]"))));
        all.add(new Forgery("another aud", signed(header(), payload().put("aud", "another-api"))));
        all.add(new Forgery("aud as a list", signed(header(), with(payload(), "aud", "[\"promptlab-api\",\"x\"]"))));
        var other = accounts.user("grace@example.com");
        all.add(new Forgery("another sub", signed(header(), payload().put("sub", other.id().toString()))));
        all.add(new Forgery("sub is no id", signed(header(), payload().put("sub", "1-1-1-1-1"))));
        all.add(new Forgery("sub of nobody", signed(header(), payload().put("sub", UUID.randomUUID().toString()))));
        all.add(new Forgery("sid of nobody", signed(header(), payload().put("sid", UUID.randomUUID().toString()))));
        var others = accounts.session(sessions, other.id(), Client.Kind.TOKEN).id();
        all.add(new Forgery("sid of somebody else", signed(header(), payload().put("sid", others.toString()))));
        var ended = accounts.session(sessions, user.id(), Client.Kind.TOKEN).id();
        sessions.revoke(user.id(), ended);
        all.add(new Forgery("a session that was revoked", signed(header(), payload().put("sid", ended.toString()))));
        for (var claim : List.of("iss", "aud", "sub", "sid", "jti", "iat", "exp")) {
            all.add(new Forgery("no " + claim, signed(header(), without(payload(), claim))));
            all.add(new Forgery(claim + " null", signed(header(), payload().putNull(claim))));
        }
        all.add(new Forgery("expired", signed(header(), payload().put("exp", NOW.getEpochSecond()))));
        all.add(new Forgery("expired long ago", signed(header(), payload().put("exp", 0))));
        all.add(new Forgery("exp before the epoch", signed(header(), payload().put("exp", -1))));
        all.add(new Forgery("exp as text", signed(header(), payload().put("exp", "9999999999"))));
        all.add(new Forgery("exp past all time", signed(header(), with(payload(), "exp", "1e300"))));
        all.add(new Forgery("exp beyond 64 bits", signed(header(), with(payload(), "exp", "99999999999999999999"))));
        all.add(new Forgery("exp with a fraction", signed(header(), payload().put("exp", 1.9e9 + 0.5))));
        all.add(new Forgery("iat in the future", signed(header(), payload().put("iat", NOW.getEpochSecond() + 120))));
        all.add(new Forgery("not yet valid", signed(header(), payload().put("nbf", NOW.getEpochSecond() + 120))));
        all.add(new Forgery("nbf as text", signed(header(), payload().put("nbf", "0"))));
        all.add(new Forgery("workspace is no id", signed(header(), payload().put("workspace", "*"))));
        all.add(new Forgery("payload is a list", signed(Json.text(header()), "[]", key)));
        all.add(new Forgery("payload is no JSON", signed(Json.text(header()), "sub", key)));
        all.add(new Forgery("sub twice", signed(Json.text(header()), Json.text(payload()).replaceFirst("\\{",
                "{\"sub\":\"" + other.id() + "\","), key)));
        all.add(new Forgery("payload is not UTF-8",
                signed(Json.text(header()), Json.text(payload()).replace("Somebody", "\u00ff"), key,
                        StandardCharsets.ISO_8859_1)));
    }

    private static void spellings(List<Forgery> all) {
        var opened = accounts.session(sessions, user.id(), Client.Kind.TOKEN);
        var cookie = accounts.session(sessions, user.id(), Client.Kind.COOKIE);
        all.add(new Forgery("a refresh token", opened.secret().value()));
        all.add(new Forgery("a cookie", cookie.secret().value()));
        for (var text : List.of("", ".", "..", "...", "a.b.c", "null", "Bearer " + valid, valid + ".", "." + valid,
                valid + "." + part(2), valid + valid, valid + "=", valid + "==", valid + " ", " " + valid, valid + "\n",
                valid + "\u0000", valid + ",", valid.replaceFirst("\\.", "..").strip(), valid.replace('.', ' '),
                part(1) + "." + part(0) + "." + part(2), part(0) + "." + part(0) + "." + part(2),
                part(1) + "." + part(1) + "." + part(2), part(0) + "." + part(1), part(0) + "." + part(1) + ".",
                part(0) + ".." + part(2), "." + part(1) + "." + part(2), valid.substring(0, valid.length() - 1),
                valid.substring(0, valid.length() / 2), valid.substring(1), valid + "A".repeat(9_000),
                part(0) + "." + part(1) + "=." + part(2), part(0) + "=." + part(1) + "." + part(2),
                part(0) + "." + part(1) + "." + part(2).charAt(0) + "*" + part(2).substring(1),
                part(0) + "." + part(1) + "." + part(2) + "!")) {
            all.add(new Forgery("spelled as " + text, text));
        }
        all.add(new Forgery("another last character", valid.substring(0, valid.length() - 1)
                + next(valid.charAt(valid.length() - 1))));
        all.add(new Forgery("payload changed, signature kept", part(0) + "."
                + encoded(payload().put("email", "root@example.com")) + "." + part(2)));
        all.add(new Forgery("header changed, signature kept",
                encoded(header().put("typ", "JWT")) + "." + part(1) + "." + part(2)));
        var another = tokens.issue(user, sessionId, null).token().value();
        all.add(new Forgery("signature of another token", part(0) + "." + part(1) + "." + another.split("\\.")[2]));
    }

    private static void signatures(List<Forgery> all) throws Exception {
        var order = Curve.P_256.toECParameterSpec().getOrder();
        var zero = BigInteger.ZERO;
        for (var rs : List.of(List.of(zero, zero), List.of(zero, BigInteger.ONE), List.of(BigInteger.ONE, zero),
                List.of(order, BigInteger.ONE), List.of(BigInteger.ONE, order), List.of(BigInteger.ONE, BigInteger.ONE),
                List.of(order, order))) {
            all.add(new Forgery("r, s = " + rs, withSignature(valid, _ -> concatenated(rs.get(0), rs.get(1)))));
        }
        all.add(new Forgery("r as it is, s = 0", withSignature(valid, old -> concatenated(first(old), zero))));
        all.add(new Forgery("r = 0, s as it is", withSignature(valid, old -> concatenated(zero, second(old)))));
        all.add(new Forgery("n - s", withSignature(valid, AccessTokensTest::negated)));
        all.add(new Forgery("s and r", withSignature(valid, old -> concatenated(second(old), first(old)))));
        all.add(new Forgery("r + 1",
                withSignature(valid, old -> concatenated(first(old).add(BigInteger.ONE), second(old)))));
        all.add(new Forgery("DER", withSignature(valid, AccessTokensTest::der)));
        all.add(new Forgery("a byte less", withSignature(valid, old -> Arrays.copyOf(old, 63))));
        all.add(new Forgery("a byte more", withSignature(valid, old -> Arrays.copyOf(old, 65))));
        all.add(new Forgery("a zero before", withSignature(valid, old -> Arrays.copyOf(new byte[]{0}, 65))));
        all.add(new Forgery("all ones", withSignature(valid, old -> filled(old.length))));
        var payloadOnly = new ECDSASigner(key).sign(new JWSHeader(JWSAlgorithm.ES256),
                part(1).getBytes(StandardCharsets.US_ASCII));
        all.add(new Forgery("signature of the payload alone", part(0) + "." + part(1) + "." + payloadOnly));
    }

    private static ObjectNode header() {
        return json(part(0));
    }

    private static ObjectNode payload() {
        return json(part(1));
    }

    private static String part(int index) {
        return valid.split("\\.")[index];
    }

    private static ObjectNode json(String base64) {
        return Json.parseObject(new Base64URL(base64).decodeToString());
    }

    private static ObjectNode without(ObjectNode object, String name) {
        object.remove(name);
        return object;
    }

    private static ObjectNode with(ObjectNode object, String name, String json) {
        JsonNode value = Json.parse(json);
        return object.set(name, value);
    }

    private static String encoded(ObjectNode object) {
        return Base64URL.encode(Json.bytes(object)).toString();
    }

    private static ECKey stranger() {
        try {
            return new ECKeyGenerator(Curve.P_256).keyIDFromThumbprint(true).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String signed(ObjectNode header, ObjectNode payload) {
        return signed(header, payload, key);
    }

    private static String signed(ObjectNode header, ObjectNode payload, ECKey by) {
        return signed(Json.text(header), Json.text(payload), by);
    }

    private static String signed(String header, String payload, ECKey by) {
        return signed(header, payload, by, StandardCharsets.UTF_8);
    }

    private static String signed(String header, String payload, ECKey by, Charset charset) {
        var input = Base64URL.encode(header.getBytes(charset)) + "." + Base64URL.encode(payload.getBytes(charset));
        return input + "." + Es256.sign(new JWSHeader(JWSAlgorithm.ES256), input, by);
    }

    private static String signed(JWSAlgorithm algorithm, JWSSigner signer) throws JOSEException {
        var input = encoded(header().put("alg", algorithm.getName())) + "." + part(1);
        return input + "." + signer.sign(new JWSHeader(algorithm), input.getBytes(StandardCharsets.US_ASCII));
    }

    private static String hmac(ObjectNode header, byte[] secret) {
        try {
            var input = encoded(header) + "." + part(1);
            return input + "." + new MACSigner(secret).sign(new JWSHeader(JWSAlgorithm.HS256),
                    input.getBytes(StandardCharsets.US_ASCII));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String edDsa() throws GeneralSecurityException {
        var signature = Signature.getInstance("Ed25519");
        signature.initSign(KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate());
        var input = encoded(header().put("alg", "EdDSA")) + "." + part(1);
        signature.update(input.getBytes(StandardCharsets.US_ASCII));
        return input + "." + Base64URL.encode(signature.sign());
    }

    private static String pem(ECKey publicKey) throws JOSEException {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[]{'\n'}).encodeToString(publicKey.toECPublicKey().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    private static String withSignature(String token, UnaryOperator<byte[]> change) {
        int dot = token.lastIndexOf('.') + 1;
        return token.substring(0, dot) + Base64URL.encode(change.apply(new Base64URL(token.substring(dot)).decode()));
    }

    private static byte[] negated(byte[] signature) {
        var order = Curve.P_256.toECParameterSpec().getOrder();
        return concatenated(first(signature), order.subtract(second(signature)));
    }

    private static byte[] der(byte[] signature) {
        try {
            return ECDSA.transcodeSignatureToDER(signature);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static BigInteger first(byte[] signature) {
        return new BigInteger(1, signature, 0, 32);
    }

    private static BigInteger second(byte[] signature) {
        return new BigInteger(1, signature, 32, 32);
    }

    private static byte[] concatenated(BigInteger r, BigInteger s) {
        var bytes = new byte[64];
        put(bytes, 32, r);
        put(bytes, 64, s);
        return bytes;
    }

    private static void put(byte[] bytes, int end, BigInteger number) {
        for (int i = 1; i <= 32; i++) {
            bytes[end - i] = number.shiftRight(8 * (i - 1)).byteValue();
        }
    }

    private static byte[] filled(int length) {
        var bytes = new byte[length];
        Arrays.fill(bytes, (byte) -1);
        return bytes;
    }

    /// One whose unused bits differ.
    private static char next(char last) {
        var alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return alphabet.charAt(alphabet.indexOf(last) + 1);
    }
}
