package dev.promptlab;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.promptlab.testing.Behaviour;
import dev.promptlab.testing.Fleet;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.ServerProcess;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Things that happen to a job at the same moment in several processes, and a job that is the end of each.
class RaceIT {
    private static final int JOBS = 240;

    private Fleet fleet;

    @BeforeEach
    void open() {
        fleet = new Fleet();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    @Test
    void cancellationsThatRaceWithClaimsAndAnswersGiveExactSums() {
        fleet.provider().anthropic().always(exchange -> Behaviour.answer("done", 1, 1)
                .after(Duration.ofMillis(1 + ThreadLocalRandom.current().nextInt(60))).respond(exchange));
        var answers = new ConcurrentHashMap<Integer, Integer>();
        var crowded = Map.of("PROMPTLAB_LANE_CONCURRENCY", "6");
        try (var front = fleet.api(); var _ = fleet.worker(crowded); var _ = fleet.worker(crowded)) {
            var client = JobClient.of(front);
            Fleet.inParallel(JOBS, i -> {
                var id = client.submit(JobClient.request("job " + i));
                if (i % 3 > 0) {
                    client.api().get("/jobs/" + id + "?wait=" + 20 * (i % 3) + "ms").expect(200);
                }
                return answers.merge(client.api().post("/jobs/" + id + "/cancel").status(), 1, Integer::sum);
            });
            fleet.awaitAllEnded(front);
        }

        var queue = fleet.queue();
        System.out.println("answers to " + JOBS + " wishes to cancel: " + answers);
        assertThat(answers).as("at once or running, asked for, too late").containsOnlyKeys(200, 202, 409);
        assertThat(queue.violations()).isEmpty();
        assertThat(queue.ended("completed") + queue.ended("cancelled")).isEqualTo(JOBS);
        assertThat(queue.ended("cancelled")).as("cancelled").isPositive();
        assertThat(queue.attempts("completed")).isEqualTo(queue.ended("completed"));
        assertThat(fleet.provider().calls().size()).as("calls, each with an entry in a log")
                .isBetween(queue.ended("completed"), queue.attempts("completed") + queue.attempts("cancelled"));
    }

    @Test
    void aJobThatKillsEveryWorkerEndsFailedAndTheOthersDoNot() {
        var victim = new AtomicReference<ServerProcess>();
        var deaths = new AtomicInteger();
        fleet.provider().anthropic().always(exchange -> {
            if (Json.text(exchange.call().body()).contains("poison")) {
                exchange.pause(Duration.ofMillis(500)); // the others are done by then
                victim.get().kill();
                deaths.incrementAndGet();
            } else {
                Behaviour.answer("fine", 1, 1).respond(exchange);
            }
        });
        try (var front = fleet.api()) {
            var poison = JobClient.of(front).submit(JobClient.request("poison").put("maxAttempts", 2));
            var others = Fleet.submit(front, 20, i -> JobClient.request("job " + i));
            for (int life = 0; life < 2; life++) {
                try (var worker = fleet.worker(Map.of("PROMPTLAB_RETRY_BACKOFF", "100ms"))) {
                    victim.set(worker);
                    worker.awaitEnd();
                }
            }
            try (var _ = fleet.worker()) {
                var job = JobClient.of(front).finished(poison);
                others.forEach(id -> assertThat(JobClient.of(front).finished(id).get("status").asText())
                        .isEqualTo("completed"));

                assertThat(deaths).as("workers killed").hasValue(2);
                assertThat(job.get("status").asText()).isEqualTo("failed");
                assertThat(job.get("errorCode").asText()).isEqualTo("lease_lost");
                assertThat(job.get("attemptLog").findValuesAsText("outcome")).containsExactly("unknown", "unknown");
            }
        }
        assertThat(fleet.queue().violations()).isEmpty();
    }
}
