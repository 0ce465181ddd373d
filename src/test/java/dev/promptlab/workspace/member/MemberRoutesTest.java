package dev.promptlab.workspace.member;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.ApiClient.Response;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.web.Access;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Json;
import dev.promptlab.web.WebServer;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import dev.promptlab.workspace.access.Person;
import dev.promptlab.workspace.access.Role;
import dev.promptlab.workspace.audit.AuditRoutes;
import dev.promptlab.workspace.audit.TrailExport;
import io.javalin.http.Context;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/// The routes over HTTP, as a server with accounts has them: who somebody is stands in a header here.
class MemberRoutesTest {
    private static final Map<String, Person> PEOPLE = new HashMap<>();
    private static TestDatabase database;
    private static TestWorkspaces test;
    private static WebServer web;
    private Person owner;
    private Workspace workspace;

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        test = new TestWorkspaces(database);
        var api = database.as(DatabaseRole.API);
        var routes = new ArrayList<>(new MemberApi(api, database.as(DatabaseRole.AUTH), test.memberships,
                List.of(new TrailExport(api))).routes());
        routes.addAll(new AuditRoutes(api).routes());
        web = WebServer.start("127.0.0.1", 0, 100_000, MemberRoutesTest::admit, routes);
    }

    @AfterAll
    static void stop() {
        web.close();
        database.close();
    }

    private static void admit(Context ctx, Access access) {
        var person = requireNonNull(PEOPLE.get(ctx.header("X-Person")));
        if (access == Permission.ACCOUNT) {
            person.enter(ctx);
            return;
        }
        var workspaceId = UUID.fromString(requireNonNull(ctx.header("X-Workspace-Id")));
        var role = test.memberships.role(person.userId(), workspaceId)
                .orElseThrow(() -> new Failure.Forbidden("you are not a member of this workspace"));
        new Caller(workspaceId, person.email(), person.userId(), null, role.permissions()).enter(ctx, access);
    }

    @BeforeEach
    void found() {
        owner = test.person("owner");
        workspace = test.workspace(owner);
    }

    private ApiClient as(Person person) {
        return in(workspace.id(), person);
    }

    private static ApiClient in(UUID workspaceId, Person person) {
        PEOPLE.put(person.email(), person);
        return ApiClient.of("http://127.0.0.1:" + web.port()).with("X-Person", person.email())
                .with("X-Workspace-Id", workspaceId.toString());
    }

    private String path(String rest) {
        return "/workspaces/" + workspace.id() + rest;
    }

    @Test
    void aPersonMakesAWorkspaceInvitesAndHandsItOver() {
        var made = as(owner).post("/workspaces", Json.object().put("name", " Research ")).expect(201).json();
        var id = UUID.fromString(made.get("id").asText());
        assertThat(made.get("name").asText()).isEqualTo("Research");
        var guest = test.person("guest");

        var invited = in(id, owner).post("/workspaces/" + id + "/invitations",
                Json.object().put("email", guest.email()).put("role", "member")).expect(201).json();
        assertThat(in(id, owner).get("/workspaces/" + id + "/invitations").expect(200).json().get(0).has("token"))
                .isFalse();
        assertThat(as(guest).post("/invitations/accept", Json.object().put("token", invited.get("token").asText()))
                .expect(200).json().get("role").asText()).isEqualTo("member");
        assertThat(in(id, owner).get("/workspaces/" + id + "/members").expect(200).json()).hasSize(2);

        in(id, guest).post("/workspaces/" + id + "/transfer", Json.object().put("userId", guest.userId().toString()))
                .expect(403);
        in(id, owner).post("/workspaces/" + id + "/transfer", Json.object().put("userId", guest.userId().toString()))
                .expect(200);
        in(id, owner).delete("/workspaces/" + id + "/members/" + owner.userId()).expect(204);
        in(id, owner).get("/workspaces/" + id).expect(403);
        assertThat(in(id, guest).get("/audit").expect(200).json()).extracting(one -> one.get("action").asText())
                .containsExactly("member.leave", "workspace.transfer", "member.join", "invitation.create",
                        "workspace.create");
    }

    @Test
    void theWorkspaceOfSomebodyElseIsAnsweredAsOneThatNeverWas() {
        var others = test.workspace(test.person("other")).id();
        var random = UUID.randomUUID();
        var user = UUID.randomUUID();
        for (var rest : List.of("", "/members", "/invitations", "/export")) {
            assertSame(others, random, id -> as(owner).get("/workspaces/" + id + rest));
        }
        assertSame(others, random, id -> as(owner).put("/workspaces/" + id, Json.object().put("name", "Mine")));
        assertSame(others, random, id -> delete(as(owner), "/workspaces/" + id,
                Json.object().put("confirm", "x").put("withoutExport", true)));
        assertSame(others, random, id -> as(owner).put("/workspaces/" + id + "/members/" + user,
                Json.object().put("role", "viewer")));
        assertSame(others, random, id -> as(owner).delete("/workspaces/" + id + "/members/" + user));
        assertSame(others, random, id -> as(owner).post("/workspaces/" + id + "/transfer",
                Json.object().put("userId", user.toString())));
        assertSame(others, random, id -> as(owner).post("/workspaces/" + id + "/invitations",
                Json.object().put("email", "a@example.com").put("role", "viewer")));
        assertSame(others, random, id -> in(id, owner).get("/workspaces/" + id));
    }

    private static void assertSame(UUID others, UUID random, java.util.function.Function<UUID, Response> call) {
        var one = call.apply(others);
        var another = call.apply(random);
        assertThat(one.status()).isIn(403, 404).isEqualTo(another.status());
        assertThat(one.errorMessage().replace(others.toString(), random.toString()))
                .isEqualTo(another.errorMessage());
    }

    @Test
    void rolesMayWhatTheyMay() {
        var viewer = test.member(workspace, Role.VIEWER);
        var admin = test.member(workspace, Role.ADMIN);

        as(viewer).get(path("")).expect(200);
        as(viewer).get(path("/members")).expect(200);
        as(viewer).get(path("/invitations")).expect(403);
        as(viewer).get("/audit").expect(403);
        as(viewer).put(path(""), Json.object().put("name", "Mine")).expect(403);
        as(viewer).delete(path("/members/" + admin.userId())).expect(403);
        as(admin).put(path("/members/" + admin.userId()), Json.object().put("role", "owner")).expect(403);
        as(admin).get(path("/export")).expect(403);
        delete(as(admin), path(""), Json.object().put("confirm", workspace.name()).put("withoutExport", true))
                .expect(403);
        as(admin).get("/audit").expect(200);
        as(viewer).delete(path("/members/" + viewer.userId())).expect(204);
        as(owner).delete(path("/members/" + owner.userId())).expect(409);
    }

    @Test
    void itIsExportedAndThenDeleted() {
        var confirm = Json.object().put("confirm", workspace.name());
        assertThat(delete(as(owner), path(""), confirm).expect(409).errorMessage()).contains("/export");

        var export = as(owner).get(path("/export")).expect(200).text().lines().map(Json::parse).toList();
        assertThat(export).extracting(line -> line.path("kind").asText()).startsWith("workspace", "member");
        delete(as(owner), path(""), confirm).expect(204);

        as(owner).get(path("")).expect(403);
        assertThat(as(owner).get("/workspaces").expect(200).json()).isEmpty();
    }

    @Test
    void whatIsWrongIsNamed() {
        as(owner).post("/workspaces", Json.object()).expect(400);
        as(owner).post("/workspaces", Json.object().put("name", "x").put("role", "owner")).expect(400);
        as(owner).put(path("/members/" + owner.userId()), Json.object().put("role", "king")).expect(400);
        as(owner).put(path("/members/" + owner.userId()), Json.object()).expect(400);
        as(owner).put(path("/members/nobody"), Json.object().put("role", "viewer")).expect(404);
        as(owner).post(path("/transfer"), Json.object()).expect(400);
        as(owner).post(path("/transfer"), Json.object().put("userId", owner.userId().toString())).expect(400);
        as(owner).post(path("/invitations"), Json.object().put("email", "nonsense").put("role", "viewer")).expect(400);
        as(owner).delete(path("/invitations/nonsense")).expect(404);
        as(owner).post("/invitations/accept", Json.object().put("token", "x")).expect(404);
        as(owner).get(path("/members?limit=0")).expect(400);
    }

    @Test
    void listsArePaged() {
        for (int i = 0; i < 4; i++) {
            test.member(workspace, Role.VIEWER);
            as(owner).post(path("/invitations"),
                    Json.object().put("email", "guest" + i + "@example.com").put("role", "viewer")).expect(201);
        }
        for (var list : Map.of("/members", 5, "/invitations", 4).entrySet()) {
            var ids = new ArrayList<String>();
            var next = java.util.Optional.of(path(list.getKey() + "?limit=2"));
            while (next.isPresent()) {
                var page = as(owner).get(next.get()).expect(200);
                page.json().forEach(one -> ids.add(one.path("userId").asText() + one.path("id").asText()));
                next = page.nextPage();
            }
            assertThat(ids).hasSize(list.getValue()).doesNotHaveDuplicates();
        }
    }

    private static Response delete(ApiClient client, String path, ObjectNode body) {
        return client.with("Content-Type", "application/json").send("DELETE", path,
                BodyPublishers.ofString(Json.text(body)));
    }
}
