package dev.promptlab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;

import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.ApiClient.Response;
import dev.promptlab.testing.ApiContract;
import dev.promptlab.testing.CallbackReceiver;
import dev.promptlab.testing.People;
import dev.promptlab.testing.People.Member;
import dev.promptlab.testing.TestServer;
import dev.promptlab.testing.Tour;
import dev.promptlab.testing.Tour.Step;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// Everything that the owner of one workspace did, done again by the owner of another: with the ids of the first, and with ids that
/// nobody has. Both get the same answers, and nothing of the first workspace.
class CrossWorkspaceIT {
    private static final String MARKER = "canary-of-a";
    private static final Pattern ID = Pattern
            .compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<=/lanes/)\\d+");
    /// What ends a workspace, and what it answers to strangers is in WorkspaceIT. WebSockets are in EventIT.
    private static final Set<String> NOT_ON_THE_TOUR = Set.of("DELETE /workspaces/{id}", "GET /ws");

    private static TestServer server;
    private static Member owner;
    private static Member stranger;
    private static List<Step> steps;

    @BeforeAll
    static void tour() {
        server = TestServer.start(Map.of("PROMPTLAB_AUTH", "required", "PROMPTLAB_EGRESS_ALLOW", "127.0.0.1"));
        var people = new People(server.url());
        owner = people.signUp("owner");
        stranger = people.signUp("stranger");
        try (var web = CallbackReceiver.start()) {
            steps = Tour.of(owner, people.signUp("guest"), MARKER, web);
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void theTourCallsEveryOperationOfAWorkspace() {
        var missing = new TreeSet<String>();
        ApiContract.product().permissions().forEach((operation, permission) -> {
            if (!Set.of("public", "account").contains(permission)) {
                missing.add(operation);
            }
        });
        steps.forEach(step -> missing.remove(step.operation()));
        assertThat(missing).isEqualTo(NOT_ON_THE_TOUR);
    }

    @ParameterizedTest
    @ValueSource(strings = {"owner of another workspace", "API key of another workspace"})
    void whoeverAsksInAnotherWorkspaceFindsNothing(String who) {
        var client = client(who);
        var leaks = new ArrayList<String>();
        for (var step : steps.stream().map(CrossWorkspaceIT::inTheirWords).toList()) {
            var answer = Tour.send(client, step);
            if (answer.text().contains(MARKER) || answer.text().contains(owner.email())) {
                leaks.add(step + " answered " + answer.text());
            }
            if (namesSomething(step)) {
                compare(step, answer, Tour.send(client, withOtherIds(step)), leaks);
            }
        }
        assertThat(leaks).isEmpty();
    }

    /// A batch answers 200, and each of its entries by itself.
    private static void compare(Step step, Response answer, Response toRandom, List<String> leaks) {
        boolean refused = answer.status() >= 400 || step.operation().equals("POST /generate/batch");
        if (!refused || !anonymous(answer).equals(anonymous(toRandom))) {
            leaks.add(step + "\n  " + anonymous(answer) + "\n  " + anonymous(toRandom));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"owner of another workspace", "API key of another workspace"})
    void whoeverNamesAWorkspaceOfOthersIsNoMemberAsInOneThatIsNot(String who) {
        var there = client(who).with("X-Workspace-Id", owner.workspaceId());
        var nowhere = client(who).with("X-Workspace-Id", UUID.randomUUID().toString());
        for (var step : steps) {
            var answer = Tour.send(there, step).expect(403);
            assertThat(anonymous(answer)).as(step.operation()).isEqualTo(anonymous(Tour.send(nowhere, step)));
        }
    }

    @Test
    void nothingOfTheWorkspaceHasChanged() {
        assertThat(steps.stream().filter(step -> step.operation().equals("GET /jobs/{id}"))
                .map(step -> Tour.send(owner.api(), step).status())).isNotEmpty()
                .allMatch(status -> status == 200 || status == 404);
        assertThat(owner.api().get("/workspaces/" + owner.workspaceId() + "/members").expect(200).json()).hasSize(1);
    }

    private static ApiClient client(String who) {
        return who.startsWith("owner") ? stranger.api() : stranger.withKey(new People(server.url()).anybody());
    }

    private static Step inTheirWords(Step step) {
        return new Step(step.operation(), step.method(), step.path().replace(MARKER, "mine"),
                step.body().replace(MARKER, "mine"));
    }

    /// Whether a request names something of the workspace by its id.
    private static boolean namesSomething(Step step) {
        return ID.matcher(step.path() + " " + step.body()).find();
    }

    /// The same request for things that nobody has.
    private static Step withOtherIds(Step step) {
        var others = new LinkedHashMap<String, String>();
        Function<String, String> replaced = text -> ID.matcher(text)
                .replaceAll(match -> others.computeIfAbsent(match.group(), CrossWorkspaceIT::other));
        return new Step(step.operation(), step.method(), replaced.apply(step.path()), replaced.apply(step.body()));
    }

    private static String other(String id) {
        return id.length() == 36 ? UUID.randomUUID().toString() : "999999999";
    }

    /// Without what differs between any two answers.
    private static String anonymous(Response answer) {
        return answer.status() + " " + ID.matcher(answer.text()).replaceAll("ID")
                .replaceAll("\"requestId\":\"[^\"]*\"", "").replaceAll("lane \\\\\"\\d+", "lane ID");
    }
}
