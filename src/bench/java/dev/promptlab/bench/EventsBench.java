package dev.promptlab.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.testing.ApiClient;
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
    private static final int ROUNDS = 5;

    private final ServerProcess server;
    private final JobClient jobs;
    private final String run;

    private EventsBench(ServerProcess server, String run) {
        this.server = server;
        this.jobs = new JobClient(ApiClient.of(server.url()));
        this.run = run;
    }

    public static void main(String[] args) throws InterruptedException, IOException {
        var figures = new Figures();
        try (var folder = OpenFolder.create(); var server = BenchServer.startEmbedded(folder.path())) {
            for (int round = 0; round <= ROUNDS; round++) {
                System.out.println(round == 0 ? "warm-up" : "round " + round);
                var bench = new EventsBench(server, "round " + round);
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

    /// 1,000 jobs that end over ten seconds, each watched by one.
    private List<Long> ownJobs() throws InterruptedException, IOException {
        var streams = new ArrayList<Stream>();
        var started = Instant.now().plus(5, ChronoUnit.SECONDS);
        var watched = new ArrayList<String>();
        for (int i = 0; i < STREAMS; i++) {
            var request = request("own " + i).put("runAt", started.plusMillis(10L * i).toString());
            watched.add(jobs.submit(request));
        }
        for (var job : watched) {
            streams.add(new Stream("/jobs/" + job + "/events", 1));
        }
        return millis(streams);
    }

    /// A few jobs a second, each heard of by all.
    private List<Long> everyJob() throws InterruptedException, IOException {
        var streams = new ArrayList<Stream>();
        for (int i = 0; i < STREAMS; i++) {
            streams.add(new Stream("/events?types=job.completed", EACH));
        }
        for (int i = 0; i < EACH; i++) {
            jobs.submit(request("every " + i));
            Thread.sleep(BETWEEN);
        }
        return millis(streams);
    }

    private ObjectNode request(String what) {
        var request = JobClient.request("mock", "echo", run + " " + what);
        request.set("params", Json.object().put("latencyMs", 20));
        return request;
    }

    private static List<Long> millis(List<Stream> streams) throws InterruptedException, IOException {
        var all = new ArrayList<Long>();
        for (var stream : streams) {
            if (!stream.done.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("a stream has heard of " + stream.millis.size() + " jobs only");
            }
            all.addAll(stream.millis);
            stream.socket.close();
        }
        return all;
    }

    /// One client.
    private final class Stream {
        private final Socket socket;
        private final int wanted;
        private final List<Long> millis = new ArrayList<>();
        private final CountDownLatch done = new CountDownLatch(1);

        Stream(String path, int wanted) throws IOException {
            this.wanted = wanted;
            this.socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: localhost:" + server.port() + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            while (!lines.readLine().startsWith("retry: ")) {
                // the head
            }
            Thread.ofVirtual().start(() -> listen(lines));
        }

        private void listen(BufferedReader lines) {
            try {
                for (var line = lines.readLine(); line != null && millis.size() < wanted; line = lines.readLine()) {
                    if (line.startsWith("data: ") && line.contains("job.completed")) {
                        var now = Instant.now();
                        millis.add(
                                Duration.between(Instant.parse(Json.parse(line.substring(6)).get("at").asText()), now)
                                        .toMillis());
                    }
                }
            } catch (IOException e) {
                // the count tells
            }
            done.countDown();
        }
    }
}
