package dev.promptlab.bench;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.Eventually;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.OpenFolder;
import dev.promptlab.testing.ServerProcess;
import dev.promptlab.web.Json;

/// How long after a job has ended 1,000 open streams have heard of it: each of a job of its own, and all of every job. From the time
/// that the database gave the event to the time at which a client had read it, to the millisecond; both are of one machine.
final class EventsBench {
    private static final int STREAMS = 1_000;
    private static final int EACH = 40;
    private static final Duration BETWEEN = Duration.ofMillis(250);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration OPENING = Duration.ofSeconds(15);
    private static final int ROUNDS = 5;

    private final ServerProcess server;
    private final ApiClient api;
    private final JobClient jobs;
    private final String run;

    private EventsBench(ServerProcess server, String run) {
        this.server = server;
        this.api = ApiClient.of(server.url());
        this.jobs = new JobClient(api);
        this.run = run;
    }

    public static void main(String[] args) throws InterruptedException, IOException {
        var figures = new Figures();
        try (var folder = OpenFolder.create(); var server = BenchServer.startEmbedded(folder.path())) {
            for (int round = 0; round <= ROUNDS; round++) {
                System.out.println(round == 0 ? "warm-up" : "round " + round);
                var bench = new EventsBench(server, "round " + round);
                add(figures, "a bare socket server", FanOut.millis(STREAMS, EACH, BETWEEN));
                add(figures, "a job of its own", bench.ownJobs());
                add(figures, "every job", bench.everyJob());
                if (round == 0) {
                    figures.clear();
                }
            }
        }
        for (var what : List.of("a job of its own", "every job")) {
            figures.bar(name(what, 50), Figures.Bar.atMost(10));
            figures.bar(name(what, 99), Figures.Bar.atMost(50));
        }
        figures.print();
    }

    private static String name(String what, int percentile) {
        return STREAMS + " streams of " + what + ", completion to event, p" + percentile + ", ms";
    }

    private static void add(Figures figures, String what, List<Long> millis) {
        var sorted = millis.stream().sorted().toList();
        figures.add(name(what, 50), sorted.get(sorted.size() / 2));
        figures.add(name(what, 99), sorted.get(sorted.size() * 99 / 100));
    }

    /// 1,000 jobs that end over ten seconds, each watched by one; all streams are open before the first job may start.
    private List<Long> ownJobs() throws InterruptedException, IOException {
        var started = Instant.now().plus(OPENING);
        var watched = new ArrayList<String>();
        for (int i = 0; i < STREAMS; i++) {
            var request = request("own " + i).put("runAt", started.plusMillis(10L * i).toString());
            watched.add(jobs.submit(request));
        }
        try (var streams = EventStreams.open(server.port(),
                watched.stream().map(job -> "/jobs/" + job + "/events").toList())) {
            if (Instant.now().isAfter(started)) {
                throw new IllegalStateException("opening " + STREAMS + " streams took longer than " + OPENING);
            }
            return streams.awaitEnds(STREAMS, PATIENCE);
        } finally {
            awaitNobody();
        }
    }

    /// A few jobs a second, each heard of by all.
    private List<Long> everyJob() throws InterruptedException, IOException {
        try (var streams = EventStreams.open(server.port(),
                Collections.nCopies(STREAMS, "/events?types=job.completed"))) {
            Thread.ofPlatform().daemon().start(this::submitAll);
            return streams.awaitEnds(STREAMS * EACH, PATIENCE);
        } finally {
            awaitNobody();
        }
    }

    private void submitAll() {
        for (int i = 0; i < EACH; i++) {
            jobs.submit(request("every " + i));
            LockSupport.parkNanos(BETWEEN.toNanos());
        }
    }

    private ObjectNode request(String what) {
        var request = JobClient.request("mock", "echo", run + " " + what);
        request.set("params", Json.object().put("latencyMs", 20));
        return request;
    }

    /// A server notices that a client is gone when it next has something to say.
    private void awaitNobody() {
        Eventually.holds("all streams are over",
                () -> api.get("/metrics").text().contains("promptlab_event_streams 0.0"));
    }
}
