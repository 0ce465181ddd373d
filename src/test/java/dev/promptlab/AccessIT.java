package dev.promptlab;

import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Map;

import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.People;
import dev.promptlab.testing.People.Member;
import dev.promptlab.testing.TestServer;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/// Who gets in with what, on two processes that share a database.
class AccessIT {
    private static final Duration REVOKED_WITHIN = Duration.ofSeconds(5);

    private static TestServer server;
    private static TestServer elsewhere;
    private static People people;
    private static int count;

    @BeforeAll
    static void start() {
        server = TestServer.start(Map.of("PROMPTLAB_AUTH", "required"));
        elsewhere = server.another();
        people = new People(server.url());
    }

    @AfterAll
    static void stop() {
        elsewhere.close();
        server.close();
    }

    private static Member somebody() {
        return people.signUp("person" + count++);
    }

    @Test
    void nobodyGetsInWithoutACredential() {
        var answer = people.anybody().get("/templates").expect(401);
        assertThat(answer.header("WWW-Authenticate")).contains("Bearer");
        assertThat(answer.errorMessage()).contains("Authorization: Bearer");
        people.anybody().with("Authorization", "Basic YTpi").get("/templates").expect(401);
        people.anybody().with("X-API-Key", "pl_nonsense").get("/templates").expect(401);
        people.anybody().with("Cookie", "promptlab_session=nonsense").get("/templates").expect(401);
    }

    @Test
    void anApiKeyWorksInBothHeadersAndOnlyForItsWorkspace() {
        var one = somebody();
        var key = one.key();
        people.anybody().with("Authorization", "Bearer " + key).get("/templates").expect(200);
        var client = people.anybody().with("X-API-Key", key);
        client.with("X-Workspace-Id", one.workspaceId()).get("/templates").expect(200);
        client.with("X-Workspace-Id", somebody().workspaceId()).get("/templates").expect(403);
        assertThat(client.get("/auth/me").expect(403).errorMessage()).contains("people");
        client.with("Authorization", "Bearer " + key).get("/templates").expect(401);
    }

    @Test
    void aKeyMayOnlyWhatItsScopesSay() {
        var key = somebody().api().post("/api-keys", Json.parse("{\"name\":\"reader\",\"scopes\":[\"jobs:read\"]}"))
                .expect(201)
                .json().get("key").asText();
        var client = people.anybody().with("X-API-Key", key);
        client.get("/jobs").expect(200);
        assertThat(client.get("/templates").expect(403).errorMessage()).contains("templates:read", "API key");
        client.post("/jobs/purge", "{\"expectedCount\":0}").expect(403);
    }

    @ParameterizedTest
    @CsvSource({"viewer, 403, 403, 403", "member, 201, 403, 403", "admin, 201, 200, 200"})
    void aMemberMayWhatTheRoleSays(String role, int template, int purge, int audit) {
        var owner = somebody();
        var member = join(owner, role).in(owner.workspaceId());
        member.get("/jobs").expect(200);
        member.post("/templates", "{\"name\":\"T\",\"userPrompt\":\"hi\"}").expect(template);
        member.post("/jobs/purge", "{\"expectedCount\":0}").expect(purge);
        member.get("/audit").expect(audit);
        member.post("/workspaces/" + owner.workspaceId() + "/transfer",
                Json.object().put("userId", owner.userId())).expect(403);
    }

    @Test
    void aRevokedKeyStopsWorkingEverywhere() {
        var owner = somebody();
        var made = owner.api().post("/api-keys", "{\"name\":\"k\"}").expect(201).json();
        var there = elsewhere.api().with("X-API-Key", made.get("key").asText());
        there.get("/jobs").expect(200);
        owner.api().delete("/api-keys/" + made.get("id").asText()).expect(204);
        awaitStatus(there, 401);
    }

    @Test
    void aSessionThatWasSignedOutStopsWorkingEverywhere() {
        var one = somebody();
        var there = elsewhere.api().with("Authorization", "Bearer " + one.signedIn().get("token").asText());
        there.get("/jobs").expect(200);
        one.api().post("/auth/logout").expect(204);
        awaitStatus(there, 401);
    }

    @Test
    void aMemberWhoWasRemovedIsOutEverywhereAndSoAreTheKeysThatTheyMade() {
        var owner = somebody();
        var member = join(owner, "member");
        var there = elsewhere.api().with("Authorization", "Bearer " + member.signedIn().get("token").asText())
                .with("X-Workspace-Id", owner.workspaceId());
        var key = elsewhere.api().with("X-API-Key", member.in(owner.workspaceId())
                .post("/api-keys", "{\"name\":\"mine\"}").expect(201).json().get("key").asText());
        there.get("/jobs").expect(200);
        key.get("/jobs").expect(200);
        owner.api().delete("/workspaces/" + owner.workspaceId() + "/members/" + member.userId()).expect(204);
        awaitStatus(there, 403);
        awaitStatus(key, 401);
    }

    @Test
    void aCookieReadsAndNeedsTheTokenOfAPageToChangeSomething() {
        var one = somebody();
        var cookie = one.cookie();
        var browser = people.anybody().with("Cookie", cookie);
        browser.get("/templates").expect(200);
        assertThat(browser.post("/templates", "{\"name\":\"T\",\"userPrompt\":\"hi\"}").expect(403).errorMessage())
                .contains("X-CSRF-Token");
        browser.with("X-CSRF-Token", "guessed").post("/templates", "{\"name\":\"T\",\"userPrompt\":\"hi\"}")
                .expect(403);
        var token = browser.get("/auth/me").expect(200).json().get("csrfToken").asText();
        browser.with("X-CSRF-Token", token).post("/templates", "{\"name\":\"T\",\"userPrompt\":\"hi\"}").expect(201);
        people.anybody().with("Cookie", cookie).with("Origin", "https://evil.example").send("POST", "/auth/logout",
                BodyPublishers.noBody()).expect(403);
    }

    private static Member join(Member owner, String role) {
        var member = somebody();
        var token = owner.api().post("/workspaces/" + owner.workspaceId() + "/invitations",
                Json.object().put("email", member.email()).put("role", role)).expect(201).json().get("token").asText();
        member.api().post("/invitations/accept", Json.object().put("token", token)).expect(200);
        return member;
    }

    private static void awaitStatus(ApiClient client, int status) {
        long end = System.nanoTime() + REVOKED_WITHIN.toNanos();
        while (client.get("/jobs").status() != status) {
            assertThat(System.nanoTime()).as("still let in").isLessThan(end);
            Thread.onSpinWait();
        }
    }
}
