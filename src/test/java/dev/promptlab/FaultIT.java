package dev.promptlab;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.ApiClient.Response;
import dev.promptlab.testing.Behaviour;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.ScriptedProvider;
import dev.promptlab.testing.ServerProcess;
import dev.promptlab.testing.TcpProxy;
import dev.promptlab.testing.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// What the promises say must hold, while processes are stopped, killed and cut off under load. Each test shows that its fault
/// really hit.
class FaultIT {
    private static final int KILLS = 2;
    /// Of a worker.
    private static final int SLOTS = 16;
    private static final Pattern PORT = Pattern.compile("(?<=127\\.0\\.0\\.1:)\\d+");

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
    void theLateAnswerOfAPausedProcessIsRefused() throws IOException, InterruptedException {
        provider.anthropic().next(Behaviour.answer("late", 1, 1).after(Duration.ofMillis(300))).answers("rescued", 2,
                2);
        try (var paused = serve(Map.of())) {
            var id = JobClient.of(paused).submit(JobClient.request("one"));
            provider.awaitCalls(1);
            signal("STOP", paused);
            try (var rescuer = serve(Map.of())) {
                var job = JobClient.of(rescuer).finished(id);
                assertThat(job.get("output").asText()).isEqualTo("rescued");

                signal("CONT", paused);
                paused.awaitOutput("refused|lease is lost");

                assertThat(JobClient.of(rescuer).job(id)).isEqualTo(job);
                assertThat(job.get("attemptLog").findValuesAsText("outcome")).containsExactly("unknown", "completed");
            }
        }
        assertThat(provider.calls()).hasSize(2);
    }

    @Test
    void tenThousandDuplicatesOverTwoProcessesAreOneJobAndOneCall() throws Exception {
        provider.anthropic().always(Behaviour.answer("once", 1, 1).after(Duration.ofMillis(500)));
        try (var one = serve(Map.of()); var two = serve(Map.of()); var threads = Executors.newFixedThreadPool(64)) {
            var servers = List.of(one, two);
            var ids = new HashSet<String>();
            for (var answer : threads.invokeAll(IntStream.range(0, 10_000).<Callable<Response>>mapToObj(
                    i -> () -> api(servers.get(i % 2)).post("/generate", JobClient.request("the same"))).toList())) {
                ids.add(answer.get().json().get("jobId").asText());
            }

            assertThat(ids).hasSize(1);
            JobClient.of(one).finished(ids.iterator().next());
        }
        assertThat(provider.calls()).hasSize(1);
    }

    @Test
    void killedWorkersUnderLoadLoseNothingAndRecordEveryExtraCall() throws Exception {
        provider.anthropic().always(Behaviour.answer("done", 1, 1).after(Duration.ofMillis(100)));
        var ids = new ArrayList<String>();
        var killed = new ArrayList<Long>();
        try (var front = ServerProcess.launch(environment(Map.of()), "serve", "--roles", "api", "--port", "0")) {
            front.awaitReady();
            try (var threads = Executors.newFixedThreadPool(16)) {
                for (var answer : threads.invokeAll(IntStream.range(0, 400).<Callable<Response>>mapToObj(
                        i -> () -> api(front).post("/generate", JobClient.request("job " + i)).expect(202)).toList())) {
                    ids.add(answer.get().json().get("jobId").asText());
                }
            }
            for (int kill = 1; kill <= KILLS; kill++) {
                try (var worker = worker()) {
                    provider.awaitCalls(kill * 60);
                    worker.kill();
                    killed.add(worker.pid());
                }
            }
            try (var _ = worker()) {
                ids.forEach(id -> assertThat(JobClient.of(front).finished(id).get("status").asText())
                        .isEqualTo("completed"));
            }
        }
        assertThat(count("select count(*)::int from job_result where outcome = 'completed'")).isEqualTo(400);
        assertThat(count("select count(*)::int from job_attempt where outcome = 'completed'")).isEqualTo(400);
        int cutOff = count("select count(*)::int from job_attempt where outcome = 'unknown'");
        assertThat(cutOff).as("jobs in work at the kills").isBetween(1, KILLS * SLOTS);
        int ofKilled = killed.stream().mapToInt(pid -> count("select count(*)::int from job_attempt"
                + " where outcome = 'unknown' and worker_id like '%-" + pid + "-%'")).sum();
        assertThat(ofKilled).as("no living worker has lost a job").isEqualTo(cutOff);
        assertThat(count("select (sum(epoch) - 400)::int from job_attempt where outcome = 'completed'"))
                .as("every claim is on record")
                .isEqualTo(cutOff);
        assertThat(provider.calls().size()).isBetween(400, 400 + cutOff);
    }

    @Test
    void connectionsThatAreCutUnderLoadCostNothingThatWasAccepted() throws Exception {
        provider.anthropic().always(Behaviour.answer("done", 1, 1).after(Duration.ofMillis(20)));
        try (var proxy = TcpProxy.to(databasePort()); var server = serve(through(proxy))) {
            var accepted = new ConcurrentLinkedQueue<String>();
            int cuts = 0;
            try (var threads = Executors.newFixedThreadPool(8)) {
                var answers = IntStream.range(0, 600).mapToObj(i -> threads.submit(() -> {
                    var answer = api(server).post("/generate", JobClient.request("job " + i));
                    assertThat(answer.status()).isIn(200, 202, 503);
                    if (answer.status() != 503) {
                        accepted.add(answer.json().get("jobId").asText());
                    }
                })).toList();
                for (int i = 0; i < answers.size(); i++) {
                    answers.get(i).get();
                    if (i % 100 == 50) {
                        cuts += proxy.cut();
                    }
                }
            }

            assertThat(cuts).as("connections cut").isPositive();
            assertThat(accepted.size()).isGreaterThan(400);
            accepted.forEach(
                    id -> assertThat(JobClient.of(server).finished(id).get("status").asText()).isEqualTo("completed"));
        }
        assertThat(count("select count(*)::int from job_dispatch")).isZero();
        assertThat(count("select count(*)::int from job_result where outcome <> 'completed'")).isZero();
    }

    @Test
    void anAnswerThatArrivesWhileTheDatabaseIsAwayIsKept() throws IOException {
        provider.anthropic().always(Behaviour.answer("paid for", 1, 1).after(Duration.ofMillis(700)));
        try (var proxy = TcpProxy.to(databasePort());
                var server = serve(through(proxy, Map.of("PROMPTLAB_LEASE", "60s")))) {
            var id = JobClient.of(server).submit(JobClient.request("one"));
            provider.awaitCalls(1);
            proxy.down();
            server.awaitOutput("the outcome is kept");

            var refused = api(server).post("/generate", JobClient.request("two")).expect(503);
            assertThat(refused.json().at("/error/code").asText()).isEqualTo("unavailable");
            api(server).get("/health/ready").expect(503);
            api(server).get("/health").expect(200);

            proxy.up();
            var job = JobClient.of(server).finished(id);
            assertThat(job.get("output").asText()).isEqualTo("paid for");
            assertThat(job.get("attempts").asInt()).isEqualTo(1);
        }
        assertThat(provider.calls()).hasSize(1);
    }

    private ServerProcess serve(Map<String, String> more) {
        return ServerProcess.serve(environment(more));
    }

    private ServerProcess worker() {
        var worker = ServerProcess.launch(environment(Map.of()), "serve", "--roles", "worker", "--worker-concurrency",
                "" + SLOTS);
        worker.awaitReady();
        return worker;
    }

    private Map<String, String> environment(Map<String, String> more) {
        var environment = new HashMap<>(
                Map.of("DATABASE_URL", database.environmentUrl(), "ANTHROPIC_API_KEY", "test-key",
                        "ANTHROPIC_BASE_URL", provider.url().toString(), "PROMPTLAB_LEASE", "2s"));
        environment.putAll(more);
        return environment;
    }

    private int databasePort() {
        var match = PORT.matcher(database.environmentUrl());
        assertThat(match.find()).isTrue();
        return Integer.parseInt(match.group());
    }

    private Map<String, String> through(TcpProxy proxy) {
        return through(proxy, Map.of());
    }

    private Map<String, String> through(TcpProxy proxy, Map<String, String> more) {
        var environment = new HashMap<>(more);
        environment.put("DATABASE_URL",
                PORT.matcher(database.environmentUrl()).replaceFirst(String.valueOf(proxy.port())));
        return environment;
    }

    private int count(String sql) {
        return database.db().autocommit(handle -> handle.createQuery(sql).mapTo(Integer.class).one());
    }

    private static void signal(String signal, ServerProcess process) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().waitFor()).isZero();
    }

    private static ApiClient api(ServerProcess server) {
        return ApiClient.of(server.url());
    }
}
