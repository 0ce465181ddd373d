package dev.promptlab;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.Behaviour;
import dev.promptlab.testing.CallbackReceiver;
import dev.promptlab.testing.CallbackReceiver.Call;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.ScriptedProvider;
import dev.promptlab.testing.TestServer;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CallbackIT {
    private static ScriptedProvider provider;
    private static TestServer server;
    private static ApiClient api;
    private static JobClient jobs;

    private CallbackReceiver receiver;

    @BeforeAll
    static void start() {
        provider = ScriptedProvider.start();
        server = TestServer
                .start(Map.of("ANTHROPIC_API_KEY", "test-key", "ANTHROPIC_BASE_URL", provider.url().toString(),
                        "PROMPTLAB_MAX_ATTEMPTS", "1", "PROMPTLAB_POLL_INTERVAL", "200ms", "PROMPTLAB_EGRESS_ALLOW",
                        "127.0.0.1",
                        "PROMPTLAB_CALLBACK_BACKOFF", "50ms,50ms,50ms"));
        api = server.api();
        jobs = new JobClient(api);
    }

    @AfterAll
    static void stop() {
        server.close();
        provider.close();
    }

    @BeforeEach
    void open() {
        receiver = CallbackReceiver.start();
    }

    @AfterEach
    void close() {
        receiver.close();
    }

    @Test
    void aCompletedJobIsToldAsTheApiShowsIt() throws Exception {
        var id = jobs.submit(request("completed").put("callbackUrl", receiver.url("/hook?token=x%20y")));

        var call = receiver.awaitCalls(1).getFirst();

        assertThat(call.path()).isEqualTo("/hook?token=x%20y");
        assertThat(call.event()).isEqualTo("job.completed");
        assertThat(call.json().get("job")).isEqualTo(jobs.job(id));
        assertThat(call.json().get("at")).isEqualTo(jobs.job(id).get("finishedAt"));
        assertThat(call.json().get("id").asText()).isEqualTo(call.deliveryId());
        assertThat(call.header("X-PromptLab-Attempt")).isEqualTo("1");
        assertThat(call.header("Content-Type")).isEqualTo("application/json");
        assertSigned(call, secret());
        var callback = awaitState(id, "delivered");
        assertThat(callback.get("deliveryId").asText()).isEqualTo(call.deliveryId());
        assertThat(callback.get("lastStatus").asInt()).isEqualTo(200);
        assertThat(callback.hasNonNull("deliveredAt")).isTrue();
    }

    @Test
    void aFailedJobIsTold() {
        provider.anthropic().next(Behaviour.error(400, "no"));
        submit(request("failed"));
        var call = receiver.awaitCalls(1).getFirst();
        assertThat(call.event()).isEqualTo("job.failed");
        assertThat(call.json().at("/job/errorCode").asText()).isEqualTo("invalid_request");
    }

    @Test
    void aWaitingJobThatIsCancelledIsTold() {
        var id = submit(request("cancelled").put("runAt", Instant.now().plusSeconds(3_600).toString()));
        assertThat(callback(id).get("state").asText()).isEqualTo("waiting");
        assertThat(receiver.calls()).isEmpty();

        api.post("/jobs/" + id + "/cancel").expect(200);

        assertThat(receiver.awaitCalls(1).getFirst().event()).isEqualTo("job.cancelled");
    }

    @Test
    void aRunningJobThatIsCancelledIsTold() {
        int before = provider.calls().size();
        provider.anthropic().next(Behaviour.hang());
        var id = submit(request("cut"));
        provider.awaitCalls(before + 1);
        api.post("/jobs/" + id + "/cancel").expect(202);
        assertThat(receiver.awaitCalls(1).getFirst().event()).isEqualTo("job.cancelled");
    }

    @Test
    void aJobWhoseTimeIsOverIsTold() {
        submit(request("expired").put("expiresAt", Instant.now().minusSeconds(1).toString()));
        var call = receiver.awaitCalls(1).getFirst();
        assertThat(call.event()).isEqualTo("job.failed");
        assertThat(call.json().at("/job/errorCode").asText()).isEqualTo("expired");
    }

    @Test
    void aReceiverThatFailsIsCalledAgainWithTheSameDelivery() throws Exception {
        receiver.next(500, 302);
        var id = submit(request("again"));

        var calls = receiver.awaitCalls(3);

        assertThat(calls).extracting(call -> call.header("X-PromptLab-Attempt")).containsExactly("1", "2", "3");
        assertThat(calls).extracting(Call::deliveryId).containsOnly(calls.getFirst().deliveryId());
        assertThat(calls).extracting(Call::body).containsOnly(calls.getFirst().body());
        assertSigned(calls.getLast(), secret());
        assertThat(awaitState(id, "delivered").get("attempts").asInt()).isEqualTo(3);
    }

    @Test
    void aReceiverThatIsAwayIsCalledAgainUntilNoCallIsLeftAndThenWhenSomebodyAsks() {
        int port = receiver.port();
        receiver.close();
        var id = submit(request("away"));

        var callback = awaitState(id, "gave_up");
        assertThat(callback.get("attempts").asInt()).isEqualTo(4);
        assertThat(callback.get("lastError").asText()).startsWith("cannot connect");
        assertThat(callback.hasNonNull("lastStatus")).isFalse();

        receiver = CallbackReceiver.start(port);
        assertThat(api.post("/jobs/" + id + "/callback/retry").expect(202).json().get("state").asText())
                .isEqualTo("pending");
        assertThat(receiver.awaitCalls(1).getFirst().header("X-PromptLab-Attempt")).isEqualTo("5");
        awaitState(id, "delivered");
    }

    @Test
    void goneMeansNoMoreCalls() {
        receiver.next(410);
        var id = submit(request("gone"));
        assertThat(awaitState(id, "gave_up").get("attempts").asInt()).isOne();
    }

    @Test
    void aRetriedJobIsToldAgainUnderANewDelivery() {
        provider.anthropic().next(Behaviour.error(400, "no"));
        var id = submit(request("retried"));
        receiver.awaitCalls(1);
        awaitState(id, "delivered");

        api.post("/jobs/" + id + "/retry").expect(202);

        var calls = receiver.awaitCalls(2);
        assertThat(calls).extracting(Call::event).containsExactly("job.failed", "job.completed");
        assertThat(calls.get(0).deliveryId()).isNotEqualTo(calls.get(1).deliveryId());
        assertThat(calls.get(1).header("X-PromptLab-Attempt")).isEqualTo("1");
    }

    @Test
    void oneSlowReceiverHoldsUpNoOther() {
        receiver.hold();
        for (int i = 0; i < 20; i++) {
            submit(request("slow " + i));
        }
        receiver.awaitCalls(4);
        try (var quick = CallbackReceiver.start()) {
            var id = jobs.submit(request("quick").put("callbackUrl", "http://localhost:" + quick.port() + "/"));
            quick.awaitCalls(1);
            awaitState(id, "delivered");
        }
        assertThat(receiver.calls()).as("calls to one host at a time").hasSize(4);
        receiver.release();
        receiver.awaitCalls(20);
    }

    @Test
    void afterARotationBothSecretsSign() throws Exception {
        var before = secret();
        var rotated = api.post("/callbacks/secret/rotate").expect(200).json();
        assertThat(rotated.hasNonNull("previousUntil")).isTrue();
        submit(request("rotated"));

        var call = receiver.awaitCalls(1).getFirst();

        assertSigned(call, before);
        assertSigned(call, rotated.get("secret").asText());
        assertThat(secret()).isEqualTo(rotated.get("secret").asText()).isNotEqualTo(before);
        assertThat(api.get("/callbacks/secret").header("Cache-Control")).hasValue("no-store");
    }

    @Test
    void addressesInsideAreRefusedWhenTheJobIsSubmitted() {
        for (var url : List.of("http://169.254.169.254/latest/meta-data/", "http://[::1]:4000/", "http://2130706433/",
                "ftp://example.com/", "https://user:pw@example.com/", "http://10.0.0.1/")) {
            var refused = api.post("/generate", request("refused").put("callbackUrl", url)).expect(400).json();
            assertThat(refused.at("/error/details/fieldErrors/callbackUrl/0").asText()).as(url).startsWith("must ");
        }
    }

    @Test
    void entriesOfABatchHaveCallbacksOfTheirOwn() {
        var entries = Json.array();
        entries.add(request("batch a").put("callbackUrl", receiver.url("/a")));
        entries.add(request("batch b").put("callbackUrl", "http://192.168.0.1/"));
        entries.add(request("batch c"));
        entries.add(request("batch d").put("callbackUrl", receiver.url("/d")));

        var answers = api.post("/generate/batch", entries).expect(200).json();

        assertThat(answers.at("/1/error/details/fieldErrors").has("callbackUrl")).isTrue();
        assertThat(receiver.awaitCalls(2)).extracting(call -> call.path() + " " + call.jobId())
                .containsExactlyInAnyOrder("/a " + answers.at("/0/jobId").asText(),
                        "/d " + answers.at("/3/jobId").asText());
        api.get("/jobs/" + answers.at("/2/jobId").asText() + "/callback").expect(404);
    }

    @Test
    void anExistingJobKeepsTheCallbackItHas() {
        var first = receiver.url("/first");
        var id = jobs.submit(request("same").put("callbackUrl", first));
        receiver.awaitCalls(1);
        jobs.finished(id);

        var again = api.post("/generate", request("same").put("callbackUrl", receiver.url("/second"))).expect(200);

        assertThat(again.json().get("jobId").asText()).isEqualTo(id);
        assertThat(awaitState(id, "delivered").get("url").asText()).isEqualTo(first);
        assertThat(receiver.calls()).hasSize(1);
    }

    @Test
    void whatCannotBeToldAgainIsAConflict() {
        var waiting = submit(request("lives").put("runAt", Instant.now().plusSeconds(3_600).toString()));
        assertThat(api.post("/jobs/" + waiting + "/callback/retry").expect(409).errorMessage())
                .contains("has not ended yet");
        receiver.hold();
        var called = submit(request("called"));
        receiver.awaitCalls(1);
        assertThat(api.post("/jobs/" + called + "/callback/retry").expect(409).errorMessage())
                .contains("is being called right now");
        receiver.release();
        api.get("/jobs/01890a5d-ac96-774b-bcce-b302099a8057/callback").expect(404);
        api.post("/jobs/nonsense/callback/retry").expect(404);
        api.post("/jobs/" + waiting + "/cancel").expect(200);
    }

    private static ObjectNode request(String content) {
        return JobClient.request(content);
    }

    private String submit(ObjectNode request) {
        return jobs.submit(request.put("callbackUrl", receiver.url("/")));
    }

    private static JsonNode callback(String jobId) {
        return api.get("/jobs/" + jobId + "/callback").expect(200).json();
    }

    private static JsonNode awaitState(String jobId, String state) {
        var end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        var callback = callback(jobId);
        while (!callback.get("state").asText().equals(state)) {
            assertThat(System.nanoTime()).as("the callback is not " + state + ": " + callback).isLessThan(end);
            Thread.onSpinWait();
            callback = callback(jobId);
        }
        return callback;
    }

    private static String secret() {
        return api.get("/callbacks/secret").expect(200).json().get("secret").asText();
    }

    /// As a receiver checks it.
    private static void assertSigned(Call call, String secret) throws Exception {
        var parts = Arrays.asList(call.header("X-PromptLab-Signature").split(","));
        var time = parts.getFirst().substring("t=".length());
        assertThat(Instant.ofEpochSecond(Long.parseLong(time))).isBetween(Instant.now().minusSeconds(60),
                Instant.now().plusSeconds(60));
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        var wanted = HexFormat.of().formatHex(mac.doFinal((time + "." + call.body()).getBytes(StandardCharsets.UTF_8)));
        assertThat(parts).contains("v1=" + wanted);
    }
}
