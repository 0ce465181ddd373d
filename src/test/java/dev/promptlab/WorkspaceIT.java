package dev.promptlab;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.ApiClient.Response;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.TestServer;
import dev.promptlab.web.CanonicalJson;
import dev.promptlab.web.Json;
import dev.promptlab.web.Sha256;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/// The default workspace of a server without login, and the audit trail.
class WorkspaceIT {
    private static final String ID = "00000000-0000-7000-8000-000000000001";
    private static TestServer server;
    private static ApiClient api;

    @BeforeAll
    static void start() {
        server = TestServer.start(java.util.Map.of());
        api = server.api();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void thereIsOneWorkspaceWhichCanBeRenamed() {
        api.put("/workspaces/" + ID, Json.object().put("name", "Research")).expect(200);

        var all = api.get("/workspaces").expect(200).json();
        assertThat(all).singleElement().satisfies(one -> {
            assertThat(one.get("name").asText()).isEqualTo("Research");
            assertThat(one.get("role").asText()).isEqualTo("owner");
        });
        assertThat(api.get("/workspaces/" + ID).expect(200).json()).isEqualTo(all.get(0));
        assertThat(events("&action=workspace.rename").getFirst().at("/details/to").asText()).isEqualTo("Research");
    }

    @Test
    void itHasNoMembersAndSaysWhatToSetForMore() {
        var user = UUID.randomUUID();
        assertThat(api.get("/workspaces/" + ID + "/members").expect(200).json()).isEmpty();
        assertThat(api.get("/workspaces/" + ID + "/invitations").expect(200).json()).isEmpty();
        for (var answer : List.of(
                api.post("/workspaces", Json.object().put("name", "More")),
                api.put("/workspaces/" + ID + "/members/" + user, Json.object().put("role", "admin")),
                api.delete("/workspaces/" + ID + "/members/" + user),
                api.post("/workspaces/" + ID + "/transfer", Json.object().put("userId", user.toString())),
                api.post("/workspaces/" + ID + "/invitations",
                        Json.object().put("email", "a@example.com").put("role", "member")),
                api.delete("/workspaces/" + ID + "/invitations/" + user),
                api.post("/invitations/accept", Json.object().put("token", "pli_x")))) {
            assertThat(answer.expect(409).errorMessage()).contains("PROMPTLAB_AUTH=required");
        }
        assertThat(delete("/workspaces/" + ID, Json.object().put("confirm", "Default").put("withoutExport", true))
                .expect(409).errorMessage()).contains("default workspace");
    }

    @Test
    void anotherIdIsNotFoundWhateverIsAsked() {
        var id = UUID.randomUUID();
        for (var path : List.of("", "/export", "/members", "/invitations")) {
            assertThat(api.get("/workspaces/" + id + path).expect(404).errorMessage()).contains(id.toString());
        }
        api.put("/workspaces/" + id, Json.object().put("name", "Mine")).expect(404);
        api.get("/workspaces/nonsense").expect(404);
    }

    @Test
    void theExportIsCompleteAndEndsWithItsNumberOfLines() {
        var jobs = new JobClient(api);
        var job = jobs.submit(JobClient.request("mock", "echo", "export me"));
        jobs.finished(job);

        var answer = api.get("/workspaces/" + ID + "/export").expect(200);

        var lines = answer.text().lines().map(Json::parse).toList();
        assertThat(answer.header("Content-Disposition").orElseThrow()).contains("workspace-" + ID + ".jsonl");
        assertThat(lines.getLast())
                .isEqualTo(Json.object().put("end", true).set("lines", Json.parse("" + (lines.size() - 1))));
        assertThat(lines).filteredOn(line -> line.path("kind").asText().equals("job"))
                .extracting(line -> line.at("/data/id").asText()).contains(job);
        assertThat(lines.getFirst().at("/data/name").isTextual()).isTrue();
        assertThat(events("&action=workspace.export")).isNotEmpty();
        assertThat(api.get("/workspaces/" + ID).json().get("exportedAt").isTextual()).isTrue();
    }

    @Test
    void askingForTheHeadOfAnExportIsNoExport() throws Exception {
        int before = events("&action=workspace.export").size();

        var head = HttpRequest.newBuilder(URI.create(server.url() + "/workspaces/" + ID + "/export")).HEAD().build();
        try (var http = HttpClient.newHttpClient()) {
            assertThat(http.send(head, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
        }

        assertThat(events("&action=workspace.export")).hasSize(before);
    }

    @Test
    void theTrailIsPagedAndFiltered() {
        for (int i = 0; i < 5; i++) {
            api.put("/workspaces/" + ID, Json.object().put("name", "Paged " + i)).expect(200);
        }

        var first = api.get("/audit?action=workspace&limit=2").expect(200);
        var second = api.get(first.nextPage().orElseThrow()).expect(200);

        assertThat(first.json()).hasSize(2);
        assertThat(second.json().get(0).get("id").asLong()).isLessThan(first.json().get(1).get("id").asLong());
        assertThat(events("&subject=" + ID + "&actor=local")).isNotEmpty();
        assertThat(events("&actor=nobody")).isEmpty();
        api.get("/audit?cursor=-1").expect(400);
        api.get("/audit?cursor=1.5").expect(400);
        api.get("/audit?from=yesterday").expect(400);
    }

    @Test
    void whatWasDoneIsSealedSoonAndTheExportedChainHolds() {
        api.put("/workspaces/" + ID, Json.object().put("name", "Sealed " + UUID.randomUUID())).expect(200);
        awaitSealed(events("").getFirst().get("id").asLong());

        var lines = api.get("/audit/export").expect(200).text().lines().map(line -> (ObjectNode) Json.parse(line))
                .toList();

        var hash = new byte[32];
        for (var line : lines.subList(0, lines.size() - 1)) {
            hash = Sha256.of(hash, CanonicalJson.of(line.get("event")).getBytes(UTF_8));
            assertThat(line.get("hash").asText()).isEqualTo(HexFormat.of().formatHex(hash));
        }
        assertThat(lines.getLast().get("lines").asInt()).isEqualTo(lines.size() - 1).isPositive();
    }

    private static void awaitSealed(long event) {
        long start = System.nanoTime();
        while (events("").stream().anyMatch(one -> one.get("id").asLong() <= event && one.get("seq").isNull())) {
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            Thread.onSpinWait();
        }
    }

    private static List<JsonNode> events(String query) {
        var found = new java.util.ArrayList<JsonNode>();
        api.get("/audit?limit=200" + query).expect(200).json().forEach(found::add);
        return found;
    }

    private static Response delete(String path, ObjectNode body) {
        return api.with("Content-Type", "application/json").send("DELETE", path,
                BodyPublishers.ofString(Json.text(body)));
    }
}
