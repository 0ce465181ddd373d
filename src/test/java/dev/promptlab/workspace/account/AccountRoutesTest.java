package dev.promptlab.workspace.account;

import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import dev.promptlab.config.Settings.Auth;
import dev.promptlab.config.Settings.SignUp;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.ApiClient.Response;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.account.SetupTokens.Offer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AccountRoutesTest {
    private static final String PASSWORD = "an engine of difference";

    private static TestDatabase database;
    private static RememberedWorkspaces workspaces;
    private static AccountServer server;
    private static AccountServer byInvitation;
    private static ApiClient api;

    private String email;

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        workspaces = new RememberedWorkspaces();
        server = AccountServer.start(database, Auth.REQUIRED, SignUp.OPEN, workspaces);
        byInvitation = AccountServer.start(database, Auth.REQUIRED, SignUp.INVITE, workspaces);
        api = server.api();
    }

    @AfterAll
    static void stop() {
        byInvitation.close();
        server.close();
        database.close();
    }

    @BeforeEach
    void somebodyElse() {
        database.db().autocommit(handle -> handle.execute("delete from sign_in_limit"));
        email = UUID.randomUUID() + "@example.com";
    }

    @Test
    void signingUpSignsInAndGivesAWorkspace() {
        var signedIn = api.post("/auth/register", newUser().put("name", "Ada")).expect(201).json();

        assertThat(signedIn.at("/user/email").asText()).isEqualTo(email);
        assertThat(signedIn.get("refreshToken").asText()).startsWith("plr_");
        assertThat(lasts(signedIn, "expiresAt")).isBetween(Duration.ofMinutes(14), Duration.ofMinutes(15));
        assertThat(lasts(signedIn, "refreshExpiresAt")).isBetween(Duration.ofDays(6), Duration.ofDays(7));
        var me = as(signedIn).get("/auth/me").expect(200).json();
        assertThat(me.get("user")).isEqualTo(signedIn.get("user"));
        assertThat(me.at("/workspaces/0/name").asText()).isEqualTo("Ada's workspace");
        assertThat(me.at("/workspaces/0/role").asText()).isEqualTo("owner");
        assertThat(me.get("csrfToken").isNull()).isTrue();
    }

    @Test
    void anAddressHasOneAccountWhateverItsCase() {
        register();
        var again = api.post("/auth/register", newUser().put("email", email.toUpperCase(Locale.ROOT)));
        assertThat(again.expect(409).errorMessage()).contains("there is an account for " + email);
        api.post("/auth/login", credentials().put("email", " " + email.toUpperCase(Locale.ROOT))).expect(200);
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        var refused = api.post("/auth/register", "{\"email\":\"ada\",\"password\":\"short\",\"role\":\"owner\"}");
        assertThat(refused.expect(400).json().at("/error/details/fieldErrors")).isEqualTo(Json.parse("""
                {"email":["must be an e-mail address such as ada@example.com"],
                 "password":["must have 10 to 200 characters, has 5"],
                 "role":["is not a known field"]}"""));
        assertThat(api.post("/auth/register", newUser().put("password", email)).expect(400).errorMessage())
                .contains("must not be the e-mail address");
        assertThat(api.post("/auth/login", "{}").expect(400).json().at("/error/details/fieldErrors").size())
                .isEqualTo(2);
    }

    @Test
    void noPasswordAndNoAddressAreWrongInTheSameWords() {
        register();
        var wrong = api.post("/auth/login", credentials().put("password", "another password")).expect(401);
        var unknown = api.post("/auth/login", credentials().put("email", "x" + email)).expect(401);
        assertThat(wrong.errorMessage()).isEqualTo(unknown.errorMessage()).isEqualTo("e-mail or password is wrong");
        assertThat(wrong.header("WWW-Authenticate")).hasValue("Bearer");
    }

    @Test
    void aPasswordIsTheSameHoweverItWasTyped() {
        api.post("/auth/register", newUser().put("password", "caf\u00e9 au lait!")).expect(201);
        api.post("/auth/login", credentials().put("password", "cafe\u0301 au lait!")).expect(200);
    }

    @Test
    void afterTenFailuresNobodyGuessesOn() {
        register();
        for (int i = 0; i < 10; i++) {
            api.post("/auth/login", credentials().put("password", "wrong password " + i)).expect(401);
        }
        var refused = api.post("/auth/login", credentials()).expect(429);
        assertThat(Integer.parseInt(refused.header("Retry-After").orElseThrow())).isBetween(880, 900);
        var other = "x" + email;
        for (int i = 0; i < 10; i++) {
            api.post("/auth/login", credentials().put("email", other)).expect(401);
        }
        api.post("/auth/login", credentials().put("email", other)).expect(429);
    }

    @Test
    void aRefreshTokenWorksOnceAndEndsTheSessionTheSecondTime() {
        var first = register();
        var second = refresh(first).expect(200).json();
        as(second).get("/auth/me").expect(200);

        assertThat(refresh(first).expect(401).errorMessage()).contains("was used before");

        refresh(second).expect(401);
        as(second).get("/auth/me").expect(401);
        api.post("/auth/login", credentials()).expect(200);
    }

    @Test
    void neitherTokenWorksInThePlaceOfTheOther() {
        var signedIn = register();
        api.with("Authorization", "Bearer " + signedIn.get("refreshToken").asText()).get("/auth/me").expect(401);
        api.post("/auth/refresh", Json.object().put("refreshToken", signedIn.get("token").asText().substring(0, 200)))
                .expect(401);
        api.post("/auth/refresh", "{}").expect(400);
    }

    @Test
    void aBrowserGetsACookieThatScriptsCannotRead() {
        register();
        var answer = api.post("/auth/login", credentials().put("cookie", true)).expect(200);
        var cookie = answer.header("Set-Cookie").orElseThrow();
        assertThat(cookie).matches("promptlab_session=plc_[\\w-]{43}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax");
        assertThat(answer.json().has("refreshToken")).isFalse();
        var csrf = answer.json().get("csrfToken").asText();
        var browser = browser(cookie);

        assertThat(browser.get("/auth/me").expect(200).json().get("csrfToken").asText()).isEqualTo(csrf);
        browser.put("/auth/me", Json.object().put("name", "Countess")).expect(403);
        browser.with("X-CSRF-Token", csrf + "x").put("/auth/me", Json.object().put("name", "Countess")).expect(403);
        assertThat(browser.with("X-CSRF-Token", csrf).put("/auth/me", Json.object().put("name", "Countess")).expect(200)
                .json().at("/user/name").asText()).isEqualTo("Countess");

        var out = browser.with("X-CSRF-Token", csrf).post("/auth/logout").expect(204);
        assertThat(out.header("Set-Cookie").orElseThrow()).startsWith("promptlab_session=; ").contains("Max-Age=0");
        browser.get("/auth/me").expect(401);
    }

    @Test
    void signingOutEndsOneSessionAndSigningOutEverywhereAll() {
        var one = register();
        var other = login();
        as(one).post("/auth/logout").expect(204);
        as(one).get("/auth/me").expect(401);
        refresh(one).expect(401);
        as(other).get("/auth/me").expect(200);
        var third = login();
        as(third).post("/auth/logout-all").expect(204);
        as(other).get("/auth/me").expect(401);
        as(third).get("/auth/me").expect(401);
    }

    @Test
    void aNewPasswordEndsAllOtherSessions() {
        var here = register();
        var elsewhere = login();
        var change = Json.object().put("currentPassword", PASSWORD).put("newPassword", "an engine of analysis");
        assertThat(as(here).post("/auth/password", change.deepCopy().put("currentPassword", "a wrong password"))
                .expect(400).json().at("/error/details/fieldErrors/currentPassword/0").asText())
                .isEqualTo("is not your password");
        as(here).post("/auth/password", change.deepCopy().put("newPassword", "password123")).expect(400);

        as(here).post("/auth/password", change).expect(204);

        as(here).get("/auth/me").expect(200);
        as(elsewhere).get("/auth/me").expect(401);
        api.post("/auth/login", credentials()).expect(401);
        api.post("/auth/login", credentials().put("password", "an engine of analysis")).expect(200);
    }

    @Test
    void aUserSeesTheirSessionsAndEndsOne() {
        var here = register();
        api.with("User-Agent", "A".repeat(300)).post("/auth/login", credentials().put("cookie", true)).expect(200);
        var sessions = as(here).get("/auth/sessions").expect(200).json();
        assertThat(sessions).hasSize(2);
        assertThat(sessions.get(0).get("kind").asText()).isEqualTo("cookie");
        assertThat(sessions.get(0).get("current").booleanValue()).isFalse();
        assertThat(sessions.get(0).get("userAgent").asText()).isEqualTo("A".repeat(200));
        assertThat(sessions.get(1).get("current").booleanValue()).isTrue();
        assertThat(sessions.get(1).get("address").asText()).isEqualTo("127.0.0.1");

        as(here).delete("/auth/sessions/" + sessions.get(0).get("id").asText()).expect(204);
        assertThat(as(here).get("/auth/sessions").json()).hasSize(1);
    }

    @Test
    void aSessionOfSomebodyElseDoesNotExist() {
        var mine = register();
        var id = as(mine).get("/auth/sessions").json().get(0).get("id").asText();
        email = "other" + email;
        var other = register();
        var refused = as(other).delete("/auth/sessions/" + id).expect(404).errorMessage();
        var unknown = UUID.randomUUID().toString();
        assertThat(as(other).delete("/auth/sessions/" + unknown).expect(404).errorMessage().replace(unknown, id))
                .isEqualTo(refused);
        as(other).delete("/auth/sessions/nonsense").expect(404);
        as(mine).get("/auth/me").expect(200);
    }

    @Test
    void aNewNameIsSeenByTokensOfBefore() {
        var signedIn = register();
        as(signedIn).put("/auth/me", Json.object().put("name", " Grace ")).expect(200);
        server.accounts().sessions().forget();
        assertThat(as(signedIn).get("/auth/me").json().at("/user/name").asText()).isEqualTo("Grace");
        as(signedIn).put("/auth/me", Json.object().put("name", " ")).expect(400);
        as(signedIn).put("/auth/me", Json.object().put("email", "x@example.com")).expect(400);
    }

    @Test
    void everybodyMayVerifyATokenWithThePublishedKeys() throws Exception {
        var token = SignedJWT.parse(register().get("token").asText());
        var answer = api.get("/.well-known/jwks.json").expect(200);
        assertThat(answer.header("Cache-Control")).hasValue("public, max-age=300");
        var key = JWKSet.parse(answer.text()).getKeyByKeyId(token.getHeader().getKeyID()).toECKey();
        assertThat(key.isPrivate()).isFalse();
        assertThat(token.verify(new ECDSAVerifier(key))).isTrue();
    }

    @Test
    void withoutATokenNobodyIsKnown() {
        for (var path : List.of("/auth/me", "/auth/sessions")) {
            assertThat(api.get(path).expect(401).json().at("/error/code").asText()).isEqualTo("unauthorized");
        }
        api.post("/auth/logout").expect(401);
        api.send("PUT", "/auth/me", BodyPublishers.noBody()).expect(401);
    }

    @Test
    void whereAccountsAreByInvitationOneIsNeeded() {
        var invite = byInvitation.api();
        assertThat(invite.post("/auth/register", newUser()).expect(403).errorMessage()).contains("by invitation");
        assertThat(invite.post("/auth/register", newUser().put("invitation", "wrong")).expect(400).json()
                .at("/error/details/fieldErrors").has("invitation")).isTrue();
        workspaces.invite(email, "pli_1");
        var signedIn = invite.post("/auth/register", newUser().put("invitation", "pli_1")).expect(201).json();
        assertThat(as(signedIn).get("/auth/me").json().at("/workspaces/0/name").asText()).isEqualTo("Team");
    }

    @Test
    void theSetupTokenMakesOneOwnerHoweverManyComeAtOnce() throws Exception {
        var elsewhere = new SetupTokens(database.as(DatabaseRole.AUTH), workspaces);
        var offers = atOnce(8, () -> elsewhere.offer());
        var made = offers.stream().filter(Offer.Made.class::isInstance).map(Offer.Made.class::cast).toList();
        assertThat(made).hasSize(1);
        assertThat(offers).filteredOn(Offer.ShownBefore.class::isInstance).hasSize(7);
        assertThat(made.getFirst()).asString().doesNotContain(made.getFirst().token().value());
        var token = elsewhere.replace().orElseThrow();
        refuse(made.getFirst().token().value());

        var answers = atOnce(6, () -> byInvitation.api().post("/auth/register",
                newUser().put("email", UUID.randomUUID() + "@example.com").put("setupToken", token.value())));

        assertThat(answers).extracting(Response::status).containsOnlyOnce(201).containsOnly(201, 400);
        var owner = answers.stream().filter(answer -> answer.status() == 201).findFirst().orElseThrow().json();
        assertThat(as(owner).get("/auth/me").json().at("/workspaces/0/id").asText())
                .isEqualTo(Caller.DEFAULT_WORKSPACE.toString());
        assertThat(elsewhere.offer()).isEqualTo(new Offer.NotNeeded());
        assertThat(elsewhere.replace()).isEmpty();
        refuse(token.value());
    }

    private void refuse(String setupToken) {
        assertThat(byInvitation.api().post("/auth/register", newUser().put("setupToken", setupToken)).expect(400).json()
                .at("/error/details/fieldErrors/setupToken/0").asText()).startsWith("is not valid, or not any more");
    }

    @Test
    void aServerWithoutLoginSaysWhatToSet() {
        try (var local = AccountServer.start(database, Auth.LOCAL, SignUp.OPEN, workspaces)) {
            for (var path : List.of("/auth/register", "/auth/login", "/auth/refresh")) {
                assertThat(local.api().post(path, "{}").expect(409).errorMessage()).contains("PROMPTLAB_AUTH=required");
            }
            local.api().post("/auth/password", "{}").expect(409);
            var me = local.api().get("/auth/me").expect(200).json();
            assertThat(me.at("/workspaces/0/id").asText()).isEqualTo(Caller.DEFAULT_WORKSPACE.toString());
            assertThat(me.at("/workspaces/0/role").asText()).isEqualTo("owner");
            local.api().get("/auth/sessions").expect(200);
        }
    }

    @Test
    void anOldHashIsReplacedAtTheNextSignIn() {
        register();
        var old = Argon2Hash.of(PASSWORD, new byte[16], new Argon2Hash.Cost(8, 1, 1)).toString();
        database.db().autocommit(handle -> handle.execute("update app_user set password_hash = ? where email = ?", old,
                email));
        login();
        var stored = database.db().autocommit(handle -> handle
                .createQuery("select password_hash from app_user where email = :email").bind("email", email)
                .mapTo(String.class).one());
        assertThat(stored).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
        login();
    }

    @Test
    void nothingSecretIsStoredInTheClear() {
        var signedIn = register();
        var stored = database.db().autocommit(handle -> handle.createQuery(
                """
                        select string_agg(t, ' ') from (select u::text t from app_user u union all select r::text from refresh_token r
                            union all select l::text from sign_in_limit l union all select s::text from setup_token s) rows""")
                .mapTo(String.class).one());
        assertThat(stored).doesNotContain(PASSWORD).doesNotContain(signedIn.get("refreshToken").asText().substring(4));
    }

    private ObjectNode credentials() {
        return Json.object().put("email", email).put("password", PASSWORD);
    }

    private ObjectNode newUser() {
        return credentials();
    }

    private JsonNode register() {
        return api.post("/auth/register", newUser()).expect(201).json();
    }

    private JsonNode login() {
        return api.post("/auth/login", credentials()).expect(200).json();
    }

    private static Response refresh(JsonNode signedIn) {
        return api.post("/auth/refresh", Json.object().put("refreshToken", signedIn.get("refreshToken").asText()));
    }

    private static ApiClient as(JsonNode signedIn) {
        return api.with("Authorization", "Bearer " + signedIn.get("token").asText());
    }

    private static ApiClient browser(String setCookie) {
        return api.with("Cookie", setCookie.split(";", 2)[0]);
    }

    private static Duration lasts(JsonNode signedIn, String field) {
        return Duration.between(Instant.now(), Instant.parse(signedIn.get(field).asText()));
    }

    private static <T> List<T> atOnce(int times, Callable<T> work) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = IntStream.range(0, times).mapToObj(_ -> threads.submit(work)).toList();
            var results = new ArrayList<T>();
            for (var one : all) {
                results.add(one.get());
            }
            return results;
        }
    }
}
