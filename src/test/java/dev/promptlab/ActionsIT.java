package dev.promptlab;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.node.ObjectNode;
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

import static org.assertj.core.api.Assertions.assertThat;

/// Cancel, retry, redrive, purge, pause: what people do to jobs after their submit.
class ActionsIT {
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
    void aQueuedJobIsCancelledAtOnceAndItsInputIsFreeAgain() {
        var id = jobs.submit(JobClient.request("later").put("runAt", Instant.now().plusSeconds(3600).toString()));

        assertThat(api.post("/jobs/" + id + "/cancel").expect(200).json())
                .isEqualTo(Json.object().put("jobId", id).put("status", "cancelled").put("cancelRequested", false));
        assertThat(api.post("/jobs/" + id + "/cancel").expect(200).json().get("status").asText())
                .isEqualTo("cancelled");
        assertThat(jobs.job(id).get("status").asText()).isEqualTo("cancelled");
        assertThat(jobs.submit(JobClient.request("later"))).isNotEqualTo(id);
    }

    @Test
    void cancellingARunningJobClosesTheConnectionToTheProvider() {
        provider.anthropic().always(Behaviour.hang());
        var id = jobs.submit(JobClient.request("hang"));
        provider.awaitCalls(1);

        assertThat(api.post("/jobs/" + id + "/cancel").expect(202).json().get("cancelRequested").asBoolean()).isTrue();

        provider.awaitDisconnects(1, Duration.ofSeconds(5));
        var job = jobs.finished(id);
        assertThat(job.get("status").asText()).isEqualTo("cancelled");
        assertThat(job.at("/attemptLog/0/outcome").asText()).isEqualTo("cancelled");
        assertThat(job.at("/attemptLog/0/usageEstimated").asBoolean()).isTrue();
        assertThat(job.get("warnings")).hasSize(1);
    }

    @Test
    void aFinishedJobCannotBeCancelled() {
        var id = jobs.submit(JobClient.request("done"));
        jobs.finished(id);

        assertThat(api.post("/jobs/" + id + "/cancel").expect(409).errorMessage()).contains("completed");
    }

    @Test
    void aFailedJobIsRetriedUnderItsIdWithANewBudget() {
        provider.anthropic().next(Behaviour.error(400, "bad day")).answers("fine", 2, 3);
        var id = jobs.submit(JobClient.request("retry"));
        assertThat(jobs.finished(id).get("status").asText()).isEqualTo("failed");

        api.post("/jobs/" + id + "/retry").expect(202);

        var job = jobs.finished(id);
        assertThat(job.get("status").asText()).isEqualTo("completed");
        assertThat(job.get("error").isNull()).isTrue();
        assertThat(job.get("attemptLog").findValuesAsText("outcome")).containsExactly("failed", "completed");
        assertThat(api.post("/jobs/" + id + "/retry").expect(409).errorMessage()).contains("completed");
    }

    @Test
    void aFailedJobWhoseInputHasANewerJobIsNotRetried() {
        provider.anthropic().next(Behaviour.error(400, "bad day")).answers("fine", 2, 3);
        var failed = jobs.submit(JobClient.request("twice"));
        jobs.finished(failed);
        var newer = jobs.submit(JobClient.request("twice"));

        assertThat(api.post("/jobs/" + failed + "/retry").expect(409).errorMessage()).contains(newer);
    }

    @Test
    void aSetOfFailedJobsIsRedrivenExactlyOnceHoweverOftenItIsClicked() throws Exception {
        provider.anthropic().always(Behaviour.error(400, "bad day"));
        var ids = IntStream.range(0, 5).mapToObj(i -> jobs.submit(JobClient.request("job " + i))).toList();
        ids.forEach(jobs::finished);
        var groups = api.get("/jobs/failures").expect(200).json();
        assertThat(groups).hasSize(1);
        assertThat(groups.get(0).get("count").asInt()).isEqualTo(5);
        assertThat(groups.get(0).get("errorCode").asText()).isEqualTo("invalid_request");
        assertThat(groups.get(0).get("lastError").asText()).contains("bad day");
        provider.anthropic().answers("fine", 2, 3);
        var redrive = redrive(5);

        var statuses = new ArrayList<Integer>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var answer : threads.invokeAll(IntStream.range(0, 8)
                    .<Callable<Response>>mapToObj(_ -> () -> api.post("/jobs/redrive", redrive)).toList())) {
                statuses.add(answer.get().status());
            }
        }

        assertThat(statuses).containsOnly(202, 409).containsOnlyOnce(202);
        ids.forEach(id -> assertThat(jobs.finished(id).get("status").asText()).isEqualTo("completed"));
        assertThat(provider.calls()).hasSize(10);
        assertThat(api.get("/jobs/failures").expect(200).json()).isEmpty();
    }

    @Test
    void aRedriveMayBeSpreadOverTime() {
        provider.anthropic().always(Behaviour.error(400, "bad day"));
        var ids = List.of(jobs.submit(JobClient.request("one")), jobs.submit(JobClient.request("two")),
                jobs.submit(JobClient.request("three")));
        ids.forEach(jobs::finished);
        provider.anthropic().answers("fine", 2, 3);

        api.post("/jobs/redrive", redrive(3).put("perSecond", 2)).expect(202);

        ids.forEach(jobs::finished);
        var calls = provider.calls();
        assertThat(Duration.between(calls.get(3).arrivedAt(), calls.get(5).arrivedAt()))
                .isGreaterThanOrEqualTo(Duration.ofMillis(900));
    }

    @Test
    void failedJobsArePurgedByExactCount() {
        provider.anthropic().always(Behaviour.error(400, "bad day"));
        var id = jobs.submit(JobClient.request("one"));
        jobs.finished(id);

        api.post("/jobs/purge", redrive(2)).expect(409);
        assertThat(api.post("/jobs/purge", redrive(1)).expect(200).json().get("purged").asInt()).isEqualTo(1);

        api.get("/jobs/" + id).expect(404);
    }

    @Test
    void aJobThatIsNotAnsweredInTimeFails() {
        provider.anthropic().always(Behaviour.error(503, "down"));
        var id = jobs.submit(JobClient.request("urgent").put("expiresAt", Instant.now().plusMillis(700).toString()));

        var job = jobs.finished(id);

        assertThat(job.get("status").asText()).isEqualTo("failed");
        assertThat(job.get("errorCode").asText()).isEqualTo("expired");
        assertThat(job.get("expiresAt").isNull()).isFalse();
        assertThat(provider.calls()).hasSize(1);
    }

    @Test
    void aPausedLaneWaitsAndGoesOn() {
        jobs.finished(jobs.submit(JobClient.request("makes the lane")));
        var lane = api.get("/jobs/stats").expect(200).json().at("/lanes/0");
        assertThat(lane.get("endpoint").asText()).isEqualTo(provider.url().toString());
        api.put("/lanes/" + lane.get("id").asInt(), Json.object().put("paused", true)).expect(200);

        var id = jobs.submit(JobClient.request("waits"));
        assertThat(api.get("/jobs/" + id + "?wait=300ms").json().get("status").asText()).isEqualTo("queued");
        var stats = api.get("/jobs/stats").expect(200).json();
        assertThat(stats.get("queued").asInt()).isEqualTo(1);
        assertThat(stats.at("/lastHour/completed").asInt()).isEqualTo(1);
        assertThat(stats.at("/lanes/0/paused").asBoolean()).isTrue();
        assertThat(stats.at("/lanes/0/oldestQueuedAt").isNull()).isFalse();

        api.put("/lanes/" + lane.get("id").asInt(), Json.object().put("paused", false).put("maxRunning", 1))
                .expect(200);
        assertThat(jobs.finished(id).get("status").asText()).isEqualTo("completed");
        api.put("/lanes/99", Json.object().put("paused", true)).expect(404);
    }

    @Test
    void whatPeopleDidIsInTheTrail() {
        var id = jobs.submit(JobClient.request("later").put("runAt", Instant.now().plusSeconds(3600).toString()));
        api.post("/jobs/" + id + "/cancel").expect(200);
        api.post("/jobs/" + id + "/retry").expect(202);

        List<String> trail = server.db().autocommit(handle -> handle
                .createQuery("select action || ' ' || subject from audit_event order by id").mapTo(String.class)
                .list());
        assertThat(trail).containsExactly("job.cancel " + id, "job.retry " + id);
    }

    @Test
    void badActionsAreRefusedByNameOfTheField() {
        assertThat(api.post("/jobs/redrive", "{}").expect(400).errorMessage()).contains("expectedCount");
        assertThat(
                api.post("/jobs/redrive", "{\"expectedCount\":1,\"filter\":{\"model\":7}}").expect(400).errorMessage())
                .contains("filter.model");
        assertThat(api.post("/jobs/redrive", "{\"expectedCount\":1,\"perSecond\":0}").expect(400).errorMessage())
                .contains("perSecond");
        assertThat(api.get("/jobs/failures?colour=red").expect(400).errorMessage()).contains("colour");
        assertThat(api.put("/lanes/1", "{\"maxRunning\":0}").expect(400).errorMessage()).contains("maxRunning");
        api.post("/jobs/01890a5d-ac96-774b-bcce-b302099a8057/cancel").expect(404);
        api.post("/jobs/01890a5d-ac96-774b-bcce-b302099a8057/retry").expect(404);
    }

    private static ObjectNode redrive(int count) {
        var body = Json.object().put("expectedCount", count);
        body.putObject("filter").put("provider", "anthropic").put("errorCode", "invalid_request");
        return body;
    }
}
