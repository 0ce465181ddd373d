package dev.promptlab;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.Behaviour;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.OpenFolder;
import dev.promptlab.testing.ScriptedProvider;
import dev.promptlab.testing.ServerProcess;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// The built jar in processes of its own: killed, stopped, misconfigured, and several on one database.
class ProcessIT {
    private ScriptedProvider provider;
    private TestDatabase database;

    @BeforeEach
    void open() {
        provider = ScriptedProvider.start();
        database = TestDatabase.create();
    }

    @AfterEach
    void close() {
        provider.close();
        database.close();
    }

    @Test
    void aKilledProcessLosesNothingAndTheLogSaysWhatHappened() {
        provider.anthropic().next(Behaviour.hang()).answers("after the crash", 3, 4);
        String id;
        try (var server = ServerProcess.serve(environment(Map.of()))) {
            id = JobClient.of(server).submit(JobClient.request("one"));
            provider.awaitCalls(1);
            server.kill();
        }
        try (var server = ServerProcess.serve(environment(Map.of()))) {
            var job = JobClient.of(server).finished(id);

            assertThat(job.get("status").asText()).isEqualTo("completed");
            assertThat(job.get("output").asText()).isEqualTo("after the crash");
            assertThat(job.get("attemptLog").findValuesAsText("outcome")).containsExactly("unknown", "completed");
            assertThat(job.at("/attemptLog/0/failureClass").asText()).isEqualTo("lease_lost");
            assertThat(job.get("warnings")).hasSize(1);
        }
        assertThat(provider.calls()).hasSize(2);
    }

    @Test
    void aKilledProcessWithItsOwnDatabaseLosesNothing() throws IOException {
        try (var folder = OpenFolder.create()) {
            var own = new HashMap<>(environment(Map.of("PROMPTLAB_DATA_DIR", folder.path().toString())));
            own.remove("DATABASE_URL");
            var ids = new ArrayList<String>();
            try (var server = ServerProcess.serve(own)) {
                provider.anthropic().always(Behaviour.hang());
                for (int i = 0; i < 20; i++) {
                    ids.add(JobClient.of(server).submit(JobClient.request("job " + i)));
                }
                provider.awaitCalls(5); // as many as a new lane has under way before the first answer
                server.kill();
            }
            provider.anthropic().answers("after the crash", 3, 4);
            try (var server = ServerProcess.serve(own)) {
                for (var id : ids) {
                    assertThat(JobClient.of(server).finished(id).get("status").asText()).isEqualTo("completed");
                }
            }
        }
    }

    @Test
    void aStoppingProcessFinishesItsJobs() {
        try (var server = ServerProcess.serve(environment(Map.of()))) {
            var slow = JobClient.request("mock", "echo", "slow").set("params", Json.object().put("latencyMs", 1_500));
            var id = api(server).post("/generate", slow).expect(202).json().get("jobId").asText();
            awaitStatus(server, id, "running");

            server.terminate();
            server.awaitEnd();

            assertThat(statusInDatabase(id)).isEqualTo("completed");
        }
    }

    @Test
    void aStoppingProcessGivesBackWhatItCannotFinishInTime() {
        provider.anthropic().next(Behaviour.hang()).answers("by the next process", 3, 4);
        String id;
        try (var server = ServerProcess
                .serve(environment(Map.of("PROMPTLAB_DRAIN_TIMEOUT", "200ms", "PROMPTLAB_LEASE", "10m")))) {
            id = JobClient.of(server).submit(JobClient.request("one"));
            provider.awaitCalls(1);
            server.terminate();
            server.awaitEnd();
        }
        provider.awaitDisconnects(1, Duration.ofSeconds(10));
        try (var server = ServerProcess.serve(environment(Map.of("PROMPTLAB_LEASE", "10m")))) {
            var job = JobClient.of(server).finished(id);

            assertThat(job.get("output").asText()).isEqualTo("by the next process");
            assertThat(job.get("attemptLog").findValuesAsText("outcome")).containsExactly("unknown", "completed");
        }
    }

    @Test
    void aWaitingRequestIsAnsweredWhenTheProcessStops() throws Exception {
        provider.anthropic().always(Behaviour.hang());
        try (var server = ServerProcess.serve(environment(Map.of("PROMPTLAB_DRAIN_TIMEOUT", "200ms")))) {
            var id = JobClient.of(server).submit(JobClient.request("one"));
            provider.awaitCalls(1);
            var waiting = java.util.concurrent.CompletableFuture
                    .supplyAsync(() -> api(server).get("/jobs/" + id + "?wait=60s"));
            server.terminate();
            server.awaitEnd();

            assertThat(waiting.get().expect(200).json().get("finishedAt").isNull()).isTrue();
        }
    }

    @Test
    void oneProcessTakesJobsAndAnotherRunsThem() {
        var slowPoll = Map.of("PROMPTLAB_POLL_INTERVAL", "10m");
        try (var worker = ServerProcess.launch(environment(slowPoll), "serve", "--roles", "worker");
                var front = ServerProcess.launch(environment(slowPoll), "serve", "--roles", "api", "--port", "0")) {
            worker.awaitReady();
            front.awaitReady();

            var job = JobClient.of(front).finished(JobClient.of(front).submit(JobClient.request("one")));

            assertThat(job.get("status").asText()).isEqualTo("completed");
            assertThat(job.at("/attemptLog/0/workerId").asText()).contains("-" + worker.pid() + "-");
        }
    }

    @Test
    void twoProcessesMayStartOnAnEmptyDatabaseAtOnce() {
        try (var empty = TestDatabase.createEmpty()) {
            var environment = Map.of("DATABASE_URL", empty.environmentUrl());
            try (var one = ServerProcess.launch(environment, "serve", "--port", "0");
                    var two = ServerProcess.launch(environment, "serve", "--port", "0")) {
                one.awaitReady();
                two.awaitReady();
                assertThat(api(one).get("/templates").expect(200).json()).hasSize(3);
            }
        }
    }

    @Test
    void theDemoRunsTheSamplesAndEnds() throws IOException {
        try (var folder = OpenFolder.create();
                var demo = ServerProcess.launch(
                        Map.of("PROMPTLAB_DATA_DIR", folder.path().toString(), "DATABASE_URL", "ignored"),
                        "demo", "--once", "--port", "0")) {
            assertThat(demo.awaitEnd()).as(demo.output()).isZero();
            assertThat(demo.output()).contains("Blog Post Writer", "Code Reviewer", "Email Composer", "completed",
                    "output tokens", "USD 0");
        }
    }

    @Test
    void migrateAndSeedSayWhatTheyDid() {
        try (var empty = TestDatabase.createEmpty()) {
            var environment = Map.of("DATABASE_URL", empty.environmentUrl());
            assertThat(run(environment, 0, "migrate")).contains("schema is at version");
            assertThat(run(environment, 0, "seed")).contains("created: Blog Post Writer")
                    .contains("3 templates created");
            assertThat(run(environment, 0, "seed")).contains("nothing to do");
        }
    }

    @Test
    void wrongUsageAndSettingsAreExplained() {
        assertThat(run(Map.of("PROMPTLAB_WORKER_CONCURENCY", "4"), 2, "serve"))
                .contains("did you mean \"PROMPTLAB_WORKER_CONCURRENCY\"");
        assertThat(run(Map.of(), 2, "serve", "--worker-concurrency", "many")).contains("PROMPTLAB_WORKER_CONCURRENCY")
                .contains("1 to 10000");
        assertThat(run(Map.of(), 2, "serve", "--colour")).contains("--colour");
        assertThat(run(Map.of(), 2, "sing")).contains("sing");
        assertThat(run(Map.of("DATABASE_URL", "postgresql://nobody:no@127.0.0.1:1/none"), 1, "serve"))
                .contains("127.0.0.1:1");
    }

    private static String run(Map<String, String> environment, int exitCode, String... args) {
        try (var process = ServerProcess.launch(environment, args)) {
            assertThat(process.awaitEnd()).as(process.output()).isEqualTo(exitCode);
            return process.output();
        }
    }

    private Map<String, String> environment(Map<String, String> more) {
        var environment = new HashMap<>(
                Map.of("DATABASE_URL", database.environmentUrl(), "ANTHROPIC_API_KEY", "test-key",
                        "ANTHROPIC_BASE_URL", provider.url().toString(), "PROMPTLAB_LEASE", "2s"));
        environment.putAll(more);
        return environment;
    }

    private static ApiClient api(ServerProcess server) {
        return ApiClient.of(server.url());
    }

    private void awaitStatus(ServerProcess server, String jobId, String status) {
        var end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!api(server).get("/jobs/" + jobId + "?wait=50ms").json().get("status").asText().equals(status)) {
            assertThat(System.nanoTime()).as("job " + jobId + " is not " + status).isLessThan(end);
        }
    }

    private String statusInDatabase(String jobId) {
        return database.db()
                .autocommit(
                        handle -> handle.createQuery("select outcome from job_result where job_id = cast(:id as uuid)")
                                .bind("id", jobId).mapTo(String.class).one());
    }
}
