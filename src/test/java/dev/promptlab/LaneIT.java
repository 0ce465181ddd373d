package dev.promptlab;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.Behaviour;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.ScriptedCall;
import dev.promptlab.testing.ScriptedProvider;
import dev.promptlab.testing.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Lanes of the whole service heed what a provider can take.
class LaneIT {
    private static final int FIRST_WINDOW = 5;

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
    void whatOneCallIsToldToWaitTheWholeLaneWaits() {
        var refusedAt = new CompletableFuture<Instant>();
        var seen = new CompletableFuture<JsonNode>();
        var refusal = Behaviour.error(429, "rate_limit_error", "slow down", Map.of("retry-after", "3"));
        provider.anthropic().next(exchange -> {
            provider.awaitCalls(FIRST_WINDOW);
            refusedAt.complete(Instant.now());
            refusal.respond(exchange);
        });
        provider.anthropic().always(exchange -> {
            refusedAt.join();
            if (!seen.isDone()) {
                seen.complete(heldLane());
            }
            Behaviour.answer("done", 1, 1).respond(exchange);
        });

        var ids = submit(12, 3);
        ids.forEach(id -> assertThat(jobs.finished(id).get("status").asText()).isEqualTo("completed"));

        var later = arrivals().subList(FIRST_WINDOW, 13);
        assertThat(later).allSatisfy(
                at -> assertThat(Duration.between(refusedAt.join(), at)).isGreaterThanOrEqualTo(Duration.ofSeconds(3)));
        assertThat(seen.join().get("blockedReason").asText()).isEqualTo("rate_limited");
        assertThat(seen.join().get("pacePerMinute").isNumber()).isTrue();
        assertThat(seen.join().get("window").asInt()).isEqualTo(2);
    }

    /// At least ten calls fail; then nothing until one call tries after 5 s, which fails, too, and one after 10 s more.
    @Test
    void aProviderThatDoesNotAnswerCostsTheWaitingJobsNothing() {
        var trials = new AtomicInteger();
        provider.anthropic().always(exchange -> {
            if (trials.get() < 2 && cameAfterAPause()) {
                trials.incrementAndGet();
            }
            (trials.get() < 2 ? Behaviour.error(500, "down") : Behaviour.answer("done", 1, 1)).respond(exchange);
        });

        var done = submit(30, 1).stream().map(jobs::finished).toList();

        var failed = done.stream().filter(job -> job.get("status").asText().equals("failed")).toList();
        assertThat(failed.size()).isBetween(10, 10 + FIRST_WINDOW);
        assertThat(done.stream().filter(job -> job.get("status").asText().equals("completed")))
                .hasSize(30 - failed.size());
        assertThat(provider.calls()).hasSize(31);
        var arrivals = arrivals();
        int firstTrial = failed.size();
        assertThat(Duration.between(arrivals.get(firstTrial), arrivals.get(firstTrial + 1)))
                .isGreaterThanOrEqualTo(Duration.ofSeconds(10));
        assertThat(heldLanes()).isEmpty();
    }

    /// Whether nothing was called for four seconds before the latest call.
    private boolean cameAfterAPause() {
        var arrivals = arrivals();
        int count = arrivals.size();
        return count > 1 && Duration.between(arrivals.get(count - 2), arrivals.get(count - 1)).toSeconds() >= 4;
    }

    private List<String> submit(int count, int maxAttempts) {
        return IntStream.range(0, count)
                .mapToObj(i -> jobs.submit(JobClient.request("job " + i).put("maxAttempts", maxAttempts))).toList();
    }

    private List<Instant> arrivals() {
        return provider.calls().stream().map(ScriptedCall::arrivedAt).sorted().toList();
    }

    /// Asks until the lane is held.
    private JsonNode heldLane() {
        var lanes = heldLanes();
        while (lanes.isEmpty()) {
            lanes = heldLanes();
        }
        return lanes.getFirst();
    }

    private List<JsonNode> heldLanes() {
        return api.get("/jobs/stats").expect(200).json().get("lanes").valueStream()
                .filter(lane -> lane.hasNonNull("blockedUntil")).toList();
    }
}
