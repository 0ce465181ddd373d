package dev.promptlab;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.TestServer;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// The API under `/api-keys`, on a server without login.
class ApiKeyIT {
    private static TestServer server;
    private static ApiClient api;

    @BeforeAll
    static void start() {
        server = TestServer.start(Map.of());
        api = server.api();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aKeyIsShownOnceAndNeverAgain() {
        var answer = api.post("/api-keys", named("shown once")).expect(201);
        var key = answer.json().get("key").asText();
        var id = answer.json().get("id").asText();
        assertThat(answer.header("Location")).hasValue("/api-keys/" + id);
        assertThat(answer.header("Cache-Control")).hasValue("no-store");
        var shown = api.get("/api-keys/" + id).expect(200);
        assertThat(shown.json().get("lastFour").asText()).isEqualTo(key.substring(key.length() - 4));
        assertThat(shown.text() + api.get("/api-keys").expect(200).text()).doesNotContain(key.substring(3, 20));
        assertThat(shown.json().get("scopes").valueStream().map(JsonNode::asText)).contains("jobs:write")
                .doesNotContain("account", "workspace:own");
    }

    @Test
    void itsNameChangesAndNothingElse() {
        var id = create(named("old")).get("id").asText();
        assertThat(api.put("/api-keys/" + id, named("new")).expect(200).json().get("name").asText()).isEqualTo("new");
        api.put("/api-keys/" + id, named("x").put("scopes", "jobs:admin")).expect(400);
        api.put("/api-keys/" + id, Json.object()).expect(400);
    }

    @Test
    void aRevokedKeyStaysVisibleToWhoAsksForIt() {
        var id = create(named("revoked")).get("id").asText();
        api.delete("/api-keys/" + id).expect(204);
        api.delete("/api-keys/" + id).expect(204);
        assertThat(api.get("/api-keys/" + id).expect(200).json().get("revokedAt").isNull()).isFalse();
        assertThat(api.get("/api-keys").expect(200).text()).doesNotContain(id);
        assertThat(api.get("/api-keys?revoked=true").expect(200).text()).contains(id);
    }

    @Test
    void listsComeInPages() {
        for (int i = 0; i < 5; i++) {
            create(named("page " + i));
        }
        var first = api.get("/api-keys?limit=3").expect(200);
        assertThat(first.json()).hasSize(3);
        var next = api.get(first.nextPage().orElseThrow()).expect(200);
        assertThat(next.text()).doesNotContain(first.json().get(2).get("id").asText());
    }

    @Test
    void whatIsWrongIsSaid() {
        for (var scopes : new String[]{"[]", "\"jobs:read\"", "[\"jobs:everything\"]", "[1]", "{}"}) {
            var answer = api.post("/api-keys", "{\"name\":\"x\",\"scopes\":" + scopes + "}").expect(400);
            assertThat(answer.json().at("/error/details/fieldErrors").has("scopes")).as(scopes).isTrue();
        }
        api.post("/api-keys", "{\"name\":\"x\",\"scopes\":[\"workspace:own\"]}").expect(400);
        api.post("/api-keys", named("x").put("expiresAt", Instant.now().minusSeconds(60).toString())).expect(400);
        api.post("/api-keys", named("x").put("key", "pl_mine")).expect(400);
        api.post("/api-keys", Json.object()).expect(400);
        assertThat(api.get("/api-keys/" + UUID.randomUUID()).expect(404).errorMessage()).contains("no API key");
        api.delete("/api-keys/nonsense").expect(404);
    }

    private static ObjectNode named(String name) {
        return Json.object().put("name", name);
    }

    private static JsonNode create(ObjectNode key) {
        return api.post("/api-keys", key).expect(201).json();
    }
}
