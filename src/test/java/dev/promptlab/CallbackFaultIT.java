package dev.promptlab;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.CallbackReceiver;
import dev.promptlab.testing.CallbackReceiver.Call;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.ScriptedProvider;
import dev.promptlab.testing.ServerProcess;
import dev.promptlab.testing.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// What receivers are promised, while processes are killed and stopped.
class CallbackFaultIT {
    private ScriptedProvider provider;
    private TestDatabase database;
    private CallbackReceiver receiver;

    @BeforeEach
    void open() {
        provider = ScriptedProvider.start();
        database = TestDatabase.create();
        receiver = CallbackReceiver.start();
    }

    @AfterEach
    void close() {
        receiver.close();
        provider.close();
        database.close();
    }

    @Test
    void aProcessThatIsKilledBetweenTheEndAndTheDeliveryOwesNothing() {
        receiver.next(503, 503, 503, 503);
        List<String> ids;
        try (var server = serve(Map.of("PROMPTLAB_CALLBACK_BACKOFF", "1m,1m"))) {
            ids = submit(server, 4);
            receiver.awaitCalls(4);
            server.kill();
        }
        assertThat(pending()).isEqualTo(4);
        passTime();
        try (var server = serve(Map.of())) {
            ids.forEach(id -> awaitState(server, id, "delivered"));
        }
        assertThat(receiver.calls()).hasSize(8).extracting(Call::jobId).containsAll(ids);
    }

    @Test
    void aCallThatWasUnderWayWhenItsProcessWasKilledIsMadeAgain() {
        receiver.hold();
        String id;
        try (var server = serve(Map.of())) {
            id = submit(server, 1).getFirst();
            receiver.awaitCalls(1);
            server.kill();
        }
        assertThat(pending()).isOne();
        passTime();
        receiver.release();
        try (var server = serve(Map.of())) {
            var callback = awaitState(server, id, "delivered");
            assertThat(callback.get("attempts").asInt()).isEqualTo(2);
        }
        var calls = receiver.calls();
        assertThat(calls).hasSize(2).extracting(Call::deliveryId).containsOnly(calls.getFirst().deliveryId());
        assertThat(calls).extracting(call -> call.header("X-PromptLab-Attempt")).containsExactly("1", "2");
    }

    @Test
    void twoProcessesMakeEachCallOnce() {
        try (var one = serve(Map.of()); var two = serve(Map.of())) {
            var ids = submit(one, 100);
            ids.addAll(submit(two, 100, "second "));
            ids.forEach(id -> awaitState(two, id, "delivered"));
        }
        assertThat(receiver.calls()).hasSize(200).extracting(Call::deliveryId).doesNotHaveDuplicates();
        assertThat(pending()).isZero();
    }

    @Test
    void theLateResultOfAPausedProcessIsRefused() throws Exception {
        receiver.hold();
        try (var paused = serve(Map.of()); var front = serve(Map.of("PROMPTLAB_ROLES", "api"))) {
            var id = submit(paused, 1).getFirst();
            receiver.awaitCalls(1);
            signal("STOP", paused);
            passTime();
            try (var _ = ServerProcess.launch(environment(Map.of()), "serve", "--roles", "worker")) {
                receiver.awaitCalls(2);
                receiver.release();
                var delivered = awaitState(front, id, "delivered");

                signal("CONT", paused);
                paused.awaitOutput("callback attempt 1 came late and was refused");

                assertThat(callback(front, id)).isEqualTo(delivered);
                assertThat(delivered.get("attempts").asInt()).isEqualTo(2);
            }
        }
        assertThat(receiver.calls()).hasSize(2);
    }

    @Test
    void aProcessWithTheWrongMasterKeyDoesNotStart() {
        try (var _ = serve(Map.of())) {
            try (var other = ServerProcess.launch(
                    environment(Map.of("PROMPTLAB_MASTER_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")),
                    "serve",
                    "--port", "0")) {
                assertThat(other.awaitEnd()).isEqualTo(1);
                assertThat(other.output()).contains("not the master key");
            }
        }
        try (var without = ServerProcess.launch(environment(Map.of("PROMPTLAB_MASTER_KEY", "")), "serve", "--port",
                "0")) {
            assertThat(without.awaitEnd()).isEqualTo(2);
            assertThat(without.output()).contains("PROMPTLAB_MASTER_KEY: is required with DATABASE_URL");
        }
    }

    private List<String> submit(ServerProcess server, int count) {
        return submit(server, count, "job ");
    }

    private List<String> submit(ServerProcess server, int count, String text) {
        return new ArrayList<>(IntStream.range(0, count).mapToObj(i -> JobClient.of(server)
                .submit(JobClient.request(text + i).put("callbackUrl", receiver.url("/")))).toList());
    }

    private ServerProcess serve(Map<String, String> more) {
        return ServerProcess.serve(environment(more));
    }

    private Map<String, String> environment(Map<String, String> more) {
        var environment = new HashMap<>(Map.of("DATABASE_URL", database.environmentUrl(), "ANTHROPIC_API_KEY",
                "test-key", "ANTHROPIC_BASE_URL", provider.url().toString(), "PROMPTLAB_EGRESS_ALLOW", "127.0.0.1",
                "PROMPTLAB_CALLBACK_BACKOFF", "100ms,100ms,100ms"));
        environment.putAll(more);
        return environment;
    }

    /// As if every lease and every wait were over.
    private void passTime() {
        database.db().autocommit(handle -> handle
                .execute("update job_callback set due_at = now() - interval '1 s' where due_at is not null"));
    }

    private int pending() {
        return database.db().autocommit(handle -> handle
                .createQuery("select count(*)::int from job_callback where due_at is not null").mapTo(Integer.class)
                .one());
    }

    private static JsonNode callback(ServerProcess server, String jobId) {
        return ApiClient.of(server.url()).get("/jobs/" + jobId + "/callback").expect(200).json();
    }

    private static JsonNode awaitState(ServerProcess server, String jobId, String state) {
        var end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        var callback = callback(server, jobId);
        while (!callback.get("state").asText().equals(state)) {
            assertThat(System.nanoTime()).as("the callback stays " + callback).isLessThan(end);
            Thread.onSpinWait();
            callback = callback(server, jobId);
        }
        return callback;
    }

    private static void signal(String name, ServerProcess server) throws IOException, InterruptedException {
        var kill = new ProcessBuilder("kill", "-" + name, Long.toString(server.pid())).start();
        assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
}
