package dev.promptlab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.Eventually;
import dev.promptlab.testing.People;
import dev.promptlab.testing.TestServer;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Caller;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/// From a server without login to one with accounts, by the operator's commands and by the set-up token.
class AdminIT {
    private static final int CLIENTS = 4;
    private static final int SOME = 100;

    private TestServer server;
    private ApiClient anybody;

    @BeforeEach
    void start() {
        server = TestServer.start(Map.of("PROMPTLAB_AUTH", "required", "PROMPTLAB_SIGNUP", "invite"));
        anybody = server.api();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void anAccountThatTheOperatorMadeAdoptsTheDefaultWorkspace(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("password"), People.PASSWORD);
        assertThat(server.admin("create-user", "--email", "Ada@example.com", "--name", "Ada", "--password-file",
                file.toString())).contains("account made");
        var signedIn = signIn("ada@example.com", People.PASSWORD);
        signedIn.get("/templates").expect(403);
        assertThat(server.admin("adopt", "--email", "ada@example.com")).contains("owns the default workspace");
        assertThat(signedIn.with("X-Workspace-Id", Caller.DEFAULT_WORKSPACE.toString()).get("/templates").status())
                .isIn(200, 403); // the refusal before may be remembered for two seconds
        assertThat(signIn("ada@example.com", People.PASSWORD).get("/auth/me").expect(200).json()
                .at("/workspaces/0/id").asText()).isEqualTo(Caller.DEFAULT_WORKSPACE.toString());
        assertThat(server.admin("setup-token")).isEmpty();
    }

    @Test
    void aRandomPasswordIsPrintedOnce() {
        var printed = server.admin("create-user", "--email", "bob@example.com");
        var password = printed.lines().filter(line -> line.startsWith("password")).findFirst().orElseThrow()
                .replaceFirst(".*: ", "");
        signIn("bob@example.com", password).get("/auth/me").expect(200);
        assertThat(server.admin("create-user", "--email", "bob@example.com")).isEmpty();
    }

    @Test
    void whoeverRegistersWithTheSetUpTokenOwnsTheDefaultWorkspace() {
        var token = server.admin("setup-token").strip();
        var request = Json.object().put("email", "eve@example.com").put("password", People.PASSWORD);
        anybody.post("/auth/register", request).expect(403);
        var answer = anybody.post("/auth/register", request.put("setupToken", token)).expect(201).json();
        anybody.with("Authorization", "Bearer " + answer.get("token").asText())
                .with("X-Workspace-Id", Caller.DEFAULT_WORKSPACE.toString()).get("/templates").expect(200);
        anybody.post("/auth/register", request.put("email", "mallory@example.com")).expect(400);
    }

    @Test
    void aNewSigningKeyTakesOverUnderLoadAndNobodyIsSignedOut() throws Exception {
        server.admin("create-user", "--email", "bob@example.com", "--password-file", "/nowhere");
        var password = server.admin("create-user", "--email", "carol@example.com").replaceFirst("(?s).*: ", "").strip();
        var carol = signIn("carol@example.com", password);
        assertThat(anybody.get("/.well-known/jwks.json").expect(200).json().get("keys")).hasSize(1);
        var answers = new AtomicInteger();
        var stop = new AtomicBoolean();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            var runs = IntStream.range(0, CLIENTS).mapToObj(_ -> clients.submit(() -> {
                while (!stop.get()) {
                    carol.get("/auth/me").expect(200);
                    answers.incrementAndGet();
                }
                return true;
            })).toList();
            try {
                awaitMore(answers);
                assertThat(server.admin("rotate-signing-key")).contains("signs in ten minutes");
                awaitMore(answers);
                passTenMinutes();
                var fresh = signIn("carol@example.com", password);
                fresh.get("/auth/me").expect(200);
                awaitMore(answers);
            } finally {
                stop.set(true);
            }
            for (var run : runs) {
                assertThat(run.get()).as("not one was refused").isTrue();
            }
        }
    }

    private static void awaitMore(AtomicInteger answers) {
        int wanted = answers.get() + SOME;
        Eventually.holds("more answers", () -> answers.get() >= wanted);
    }

    private void passTenMinutes() {
        server.db().autocommit(handle -> handle.execute("""
                update signing_key set signs_from = signs_from - interval '10 minutes',
                       verifies_until = verifies_until - interval '10 minutes'"""));
    }

    private ApiClient signIn(String email, String password) {
        var json = anybody.post("/auth/login", Json.object().put("email", email).put("password", password)).expect(200)
                .json();
        return anybody.with("Authorization", "Bearer " + json.get("token").asText());
    }
}
