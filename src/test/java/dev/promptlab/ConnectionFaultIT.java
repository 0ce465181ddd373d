package dev.promptlab;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.Behaviour;
import dev.promptlab.testing.Fleet;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.ServerProcess;
import dev.promptlab.testing.TcpProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// What the way to PostgreSQL may swallow: the answer to a commit, and every hint. Each test shows that its fault really hit.
class ConnectionFaultIT {
    private static final Duration POLL = Duration.ofSeconds(2);

    private Fleet fleet;
    private TcpProxy wayOfFront;
    private TcpProxy wayOfWorker;
    private ServerProcess front;
    private ServerProcess worker;

    @BeforeEach
    void open() {
        fleet = new Fleet();
        wayOfFront = fleet.proxy();
        wayOfWorker = fleet.proxy();
        front = fleet.api(0, fleet.through(wayOfFront, Map.of()));
        worker = fleet.worker(fleet.through(wayOfWorker, // whose only commits are outcomes
                Map.of("PROMPTLAB_LEASE", "10h", "PROMPTLAB_POLL_INTERVAL", POLL.toMillis() + "ms")));
        JobClient.of(front).finished(JobClient.of(front).submit(JobClient.request("the lane is known from now on")));
    }

    @AfterEach
    void close() {
        var violations = fleet.queue().violations();
        front.close();
        worker.close();
        wayOfFront.close();
        wayOfWorker.close();
        fleet.close();
        assertThat(violations).isEmpty();
    }

    @Test
    void aSubmitWhoseCommitGotNoAnswerIsFoundByItsRepetition() {
        var api = ApiClient.of(front.url());
        int before = fleet.queue().rows().size();

        wayOfFront.loseAnswersToCommits(1);
        var withKey = api.with("Idempotency-Key", "one");
        withKey.post("/generate", JobClient.request("one")).expect(503);
        assertThat(fleet.queue().rows()).as("jobs, the one that got no answer included").hasSize(before + 1);
        withKey.post("/generate", JobClient.request("one")).expect(202);

        wayOfFront.loseAnswersToSubmits(1);
        api.post("/generate", JobClient.request("two")).expect(503);
        api.post("/generate", JobClient.request("two")).expect(200);

        assertThat(wayOfFront.lostCommits()).as("commits without an answer").isEqualTo(2);
        assertThat(fleet.queue().rows()).hasSize(before + 2);
    }

    @Test
    void anOutcomeWhoseCommitGotNoAnswerIsRecordedOnce() {
        int calls = fleet.provider().calls().size();
        fleet.provider().anthropic().next(Behaviour.answer("once", 3, 4).after(Duration.ofMillis(500)));
        var id = JobClient.of(front).submit(JobClient.request("once"));
        fleet.provider().awaitCalls(calls + 1);
        wayOfWorker.loseAnswersToCommits(1);

        worker.awaitOutput("the outcome is kept");
        worker.awaitOutput("came late and was refused");
        var job = JobClient.of(front).finished(id);

        assertThat(wayOfWorker.lostCommits()).as("commits without an answer").isEqualTo(1);
        assertThat(job.get("status").asText()).isEqualTo("completed");
        assertThat(job.get("attemptLog")).hasSize(1);
        assertThat(job.get("outputTokens").asInt()).isEqualTo(4);
        assertThat(fleet.provider().calls()).hasSize(calls + 1);
    }

    @Test
    void withoutHintsJobsArePickedUpWithinThePollInterval() {
        int before = wayOfWorker.lostHints();
        wayOfWorker.loseHints(true);
        var waits = new ArrayList<Duration>();
        for (int i = 0; i < 4; i++) {
            waits.add(waitOf(JobClient.of(front)
                    .finished(JobClient.of(front).submit(JobClient.request("without a hint " + i)))));
        }
        wayOfWorker.loseHints(false);

        int lost = wayOfWorker.lostHints() - before;
        System.out.println(lost + " hints lost, pick-up after " + waits);
        assertThat(lost).as("hints lost").isGreaterThanOrEqualTo(4);
        assertThat(waits).allMatch(wait -> wait.compareTo(POLL.plusSeconds(1)) < 0);
    }

    private static Duration waitOf(JsonNode job) {
        return Duration.between(Instant.parse(job.get("createdAt").asText()),
                Instant.parse(job.get("startedAt").asText()));
    }
}
