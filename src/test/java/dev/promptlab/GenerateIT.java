package dev.promptlab;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.ApiClient.Response;
import dev.promptlab.testing.Behaviour;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.ScriptedProvider;
import dev.promptlab.testing.TestServer;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// From the request to the priced job, against a provider that does what the test says.
class GenerateIT {
    private ScriptedProvider provider;
    private TestServer server;
    private ApiClient api;
    private JobClient jobs;

    @BeforeEach
    void start() {
        provider = ScriptedProvider.start();
        server = TestServer.start(provider);
        api = server.api();
        jobs = new JobClient(api);
    }

    @AfterEach
    void stop() {
        server.close();
        provider.close();
    }

    @Test
    void anAnswerOfAnthropicIsCountedAndPricedExactly() {
        provider.anthropic().answers("A post about tea.", 36, 783);
        var request = JobClient.request("anthropic", "claude-3-haiku-20240307", "tea");

        var job = jobs.finished(api.post("/generate", request).expect(202));

        assertThat(job.get("status").asText()).isEqualTo("completed");
        assertThat(job.get("output").asText()).isEqualTo("A post about tea.");
        assertThat(job.get("inputTokens").asInt()).isEqualTo(36);
        assertThat(job.get("outputTokens").asInt()).isEqualTo(783);
        assertThat(job.get("totalTokens").asInt()).isEqualTo(819);
        assertThat(job.get("estimatedCostUSD").decimalValue()).isEqualTo(new BigDecimal("0.00098775"));
        assertThat(job.get("attemptLog")).hasSize(1);

        var again = api.post("/generate", request).expect(200).json();
        assertThat(again).isEqualTo(Json.object().put("jobId", job.get("id").asText()).put("status", "completed")
                .put("cached", true));
        assertThat(provider.calls()).hasSize(1);
    }

    @Test
    void anAnswerOfOpenAiIsCountedAndPricedExactly() {
        provider.openAi().answers("A post about tea.", 36, 783);
        var request = JobClient.request("openai", "gpt-4o-mini", "tea");

        var job = jobs.finished(api.post("/generate", request).expect(202));

        assertThat(job.get("output").asText()).isEqualTo("A post about tea.");
        assertThat(job.get("totalTokens").asInt()).isEqualTo(819);
        // 36 x 0.15 + 783 x 0.60 USD per million
        assertThat(job.get("estimatedCostUSD").decimalValue()).isEqualByComparingTo("0.0004752");
        assertThat(api.post("/generate", request).expect(200).json().get("cached").asBoolean()).isTrue();
        assertThat(provider.calls()).hasSize(1);
    }

    @Test
    void twoHundredSimultaneousSubmitsAreOneJobAndOneCall() throws Exception {
        var request = JobClient.request("anthropic", "claude-3-haiku-20240307", "tea");

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = threads.invokeAll(IntStream.range(0, 200)
                    .<Callable<Response>>mapToObj(_ -> () -> api.post("/generate", request)).toList());
            var ids = new java.util.HashSet<String>();
            int created = 0;
            for (var answer : answers) {
                ids.add(answer.get().json().get("jobId").asText());
                created += answer.get().status() == 202 ? 1 : 0;
            }
            assertThat(ids).hasSize(1);
            assertThat(created).isEqualTo(1);
            jobs.finished(ids.iterator().next());
        }
        assertThat(provider.calls()).hasSize(1);
    }

    @Test
    void aFailingProviderIsTriedThreeTimesAfterOneAndThreeSeconds() {
        provider.anthropic().always(Behaviour.error(503, "overloaded"));

        var job = jobs
                .finished(api.post("/generate", JobClient.request("anthropic", "claude-3-haiku-20240307", "tea")));

        assertThat(job.get("status").asText()).isEqualTo("failed");
        assertThat(job.get("errorCode").asText()).isEqualTo("unavailable");
        assertThat(job.get("error").asText()).contains("overloaded");
        assertThat(job.get("attempts").asInt()).isEqualTo(3);
        assertThat(job.get("attemptLog").findValuesAsText("outcome")).containsExactly("retry", "retry", "failed");
        var calls = provider.calls();
        assertThat(calls).hasSize(3);
        assertThat(Duration.between(calls.get(0).arrivedAt(), calls.get(1).arrivedAt()))
                .isGreaterThanOrEqualTo(Duration.ofMillis(800));
        assertThat(Duration.between(calls.get(1).arrivedAt(), calls.get(2).arrivedAt()))
                .isGreaterThanOrEqualTo(Duration.ofMillis(2400));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404})
    void aRefusedRequestIsSentOnce(int status) {
        provider.anthropic().always(Behaviour.error(status, "no"));

        var job = jobs
                .finished(api.post("/generate", JobClient.request("anthropic", "claude-3-haiku-20240307", "tea")));

        assertThat(job.get("status").asText()).isEqualTo("failed");
        assertThat(job.get("estimatedCostUSD").decimalValue()).isEqualByComparingTo("0");
        assertThat(provider.calls()).hasSize(1);
    }

    @Test
    void beingAskedToWaitIsObeyedAndUsesUpNoTry() {
        provider.anthropic()
                .next(Behaviour.error(429, "rate_limit_error", "slow down", Map.of("retry-after", "2")))
                .answers("done", 1, 1);
        var request = JobClient.request("anthropic", "claude-3-haiku-20240307", "tea").put("maxAttempts", 1);

        var job = jobs.finished(api.post("/generate", request));

        assertThat(job.get("status").asText()).isEqualTo("completed");
        assertThat(job.get("attempts").asInt()).isEqualTo(2);
        var calls = provider.calls();
        assertThat(Duration.between(calls.get(0).arrivedAt(), calls.get(1).arrivedAt()))
                .isGreaterThanOrEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void aFailedJobIsNotReused() {
        provider.anthropic().next(Behaviour.error(400, "no")).answers("yes", 1, 1);
        var request = JobClient.request("anthropic", "claude-3-haiku-20240307", "tea");
        var failed = jobs.finished(api.post("/generate", request));

        var job = jobs.finished(api.post("/generate", request).expect(202));

        assertThat(job.get("id")).isNotEqualTo(failed.get("id"));
        assertThat(job.get("output").asText()).isEqualTo("yes");
    }

    @Test
    void anUnknownPriceIsUnknownAndNotZero() {
        provider.openAi().answers("hello", 5, 5);

        var job = jobs.finished(api.post("/generate", JobClient.request("openai", "my-own-model", "tea")));

        assertThat(job.get("status").asText()).isEqualTo("completed");
        assertThat(job.get("estimatedCostUSD").isNull()).isTrue();
        assertThat(job.get("warnings").get(0).asText()).contains("my-own-model");
    }

    @Test
    void freshWorkIsDoneAgainAndTakesOver() {
        var request = JobClient.request("anthropic", "claude-3-haiku-20240307", "tea");
        var first = jobs.finished(api.post("/generate", request));

        var second = jobs.finished(api.post("/generate", request.deepCopy().put("fresh", true)).expect(202));

        assertThat(second.get("id")).isNotEqualTo(first.get("id"));
        assertThat(api.post("/generate", request).expect(200).json().get("jobId")).isEqualTo(second.get("id"));
        assertThat(provider.calls()).hasSize(2);
    }

    @Test
    void oneIdempotencyKeyIsOneAnswer() {
        var once = api.with("Idempotency-Key", "order-17");
        var request = JobClient.request("anthropic", "claude-3-haiku-20240307", "tea").put("fresh", true);

        var first = once.post("/generate", request).expect(202);
        var second = once.post("/generate", request).expect(202);

        assertThat(second.json()).isEqualTo(first.json());
        assertThat(first.header("Idempotency-Replayed")).isEmpty();
        assertThat(second.header("Idempotency-Replayed")).contains("true");
        jobs.finished(first);
        assertThat(provider.calls()).hasSize(1);
        assertThat(once.post("/generate", request.put("priority", "low")).expect(422).json().at("/error/code").asText())
                .isEqualTo("idempotency_mismatch");
    }

    @Test
    void simultaneousRequestsWithOneIdempotencyKeyMakeOneJob() throws Exception {
        var once = api.with("Idempotency-Key", "order-18");
        var request = JobClient.request("anthropic", "claude-3-haiku-20240307", "tea").put("fresh", true);

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var answer : threads.invokeAll(IntStream.range(0, 100)
                    .<Callable<Response>>mapToObj(_ -> () -> once.post("/generate", request)).toList())) {
                assertThat(answer.get().status()).isIn(202, 409);
            }
        }

        assertThat(api.get("/jobs").expect(200).json()).hasSize(1);
    }

    @Test
    void aRequestThatNamesNoProviderMustBeAbleToFindOne() {
        var request = JobClient.request("anthropic", "x", "tea");
        request.remove(List.of("provider", "model"));
        assertThat(api.post("/generate", request).expect(409).errorMessage()).contains("several providers")
                .contains("PROMPTLAB_DEFAULT_PROVIDER");

        try (var bare = TestServer.start(Map.of())) {
            assertThat(bare.api().post("/generate", request).expect(409).errorMessage()).contains("ANTHROPIC_API_KEY")
                    .contains("mock");
            assertThat(bare.api().post("/generate", request.put("provider", "openai")).expect(409).errorMessage())
                    .contains("OPENAI_API_KEY");
        }
        try (var one = TestServer
                .start(Map.of("OPENAI_API_KEY", "key", "OPENAI_BASE_URL", provider.openAiUrl().toString()))) {
            request.remove("provider");
            var id = one.api().post("/generate", request).expect(202).json().get("jobId").asText();
            var job = one.api().get("/jobs/" + id + "?wait=30s").expect(200).json();
            assertThat(job.get("provider").asText()).isEqualTo("openai");
            assertThat(job.get("model").asText()).isEqualTo("gpt-5-mini");
        }
    }

    @Test
    void anEndpointOfTheConfigurationFileIsCalledByItsNameAndAsItSays(@TempDir Path folder) throws IOException {
        provider.openAi().answers("from next door", 3, 4);
        var file = Files.writeString(folder.resolve("promptlab.yaml"), """
                providers:
                  local:
                    format: openai
                    baseUrl: %s
                    defaultModel: llama
                    streaming: false
                """.formatted(provider.openAiUrl()));
        try (var own = TestServer.start(Map.of("PROMPTLAB_CONFIG", file.toString()))) {
            var request = JobClient.request("local", "x", "tea");
            request.remove("model");
            var id = own.api().post("/generate", request).expect(202).json().get("jobId").asText();

            var job = own.api().get("/jobs/" + id + "?wait=30s").expect(200).json();

            assertThat(job.get("output").asText()).isEqualTo("from next door");
            assertThat(job.get("model").asText()).isEqualTo("llama");
            assertThat(job.get("estimatedCostUSD").isNull()).isTrue();
            assertThat(provider.calls().getFirst().header("authorization")).isEmpty();
            assertThat(provider.calls().getFirst().body().has("stream")).isFalse();
        }
    }

    @Test
    void textThatPostgresqlRefusesIsReplacedAndTheJobCompletes() {
        provider.anthropic().answers("a\0b", 1, 1);

        var job = jobs
                .finished(api.post("/generate", JobClient.request("anthropic", "claude-3-haiku-20240307", "tea")));

        assertThat(job.get("output").asText()).isEqualTo("a\uFFFDb");
    }

    @Test
    void theListIsNewestFirstFilteredAndPaged() {
        var ids = IntStream.range(0, 5).mapToObj(i -> jobs.finished(api.post("/generate",
                JobClient.request("anthropic", "claude-3-haiku-20240307", "tea " + i))))
                .map(job -> job.get("id").asText())
                .toList().reversed();
        var other = jobs.finished(
                api.post("/generate", JobClient.request("openai", "gpt-4o-mini", "coffee").put("priority", "high")));

        var page = api.get("/jobs?limit=4").expect(200);
        assertThat(page.json().findValuesAsText("id").stream()
                .filter(id -> ids.contains(id) || id.equals(other.get("id").asText())))
                .containsExactly(other.get("id").asText(), ids.get(0), ids.get(1), ids.get(2));
        var next = api.get(page.nextPage().orElseThrow()).expect(200);
        assertThat(next.json()).hasSize(2);
        assertThat(next.nextPage()).isEmpty();

        assertThat(api.get("/jobs?provider=openai").json()).hasSize(1);
        assertThat(api.get("/jobs?model=gpt-4o-mini&priority=high&status=completed").json()).hasSize(1);
        assertThat(api.get("/jobs?status=failed").json()).isEmpty();
        assertThat(api.get("/jobs?status=queued").json()).isEmpty();
        assertThat(api.get("/jobs?q=COFFEE").json()).hasSize(1);
        assertThat(api.get("/jobs?q=" + ids.get(2)).json()).hasSize(1);
        assertThat(api.get("/jobs?minCostUSD=1").json()).isEmpty();
        assertThat(api.get("/jobs?to=2020-01-01T00:00:00Z").json()).isEmpty();
        assertThat(api.get("/jobs?from=2020-01-01T00:00:00Z").json()).hasSize(6);
        assertThat(api.get("/jobs?status=done&limit=0&colour=red").expect(400).json().at("/error/details/fieldErrors")
                .fieldNames()).toIterable().containsExactlyInAnyOrder("status", "limit", "colour");
    }
}
