package dev.promptlab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.Behaviour;
import dev.promptlab.testing.EventReader;
import dev.promptlab.testing.EventReader.Message;
import dev.promptlab.testing.Eventually;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.People;
import dev.promptlab.testing.ScriptedProvider;
import dev.promptlab.testing.SocketClient;
import dev.promptlab.testing.TestServer;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Live updates over two nodes on one database.
class EventIT {
    private static final String TEXT = "one two three four five six seven eight nine ten";
    private static ScriptedProvider provider;
    private static TestServer server;
    private static TestServer other;

    @BeforeAll
    static void start() {
        provider = ScriptedProvider.start();
        server = TestServer.start(provider);
        other = server.another();
    }

    @AfterAll
    static void stop() {
        other.close();
        server.close();
        provider.close();
    }

    @Test
    void aStreamTellsWhatHappensToEveryJobOnEveryNode() {
        try (var here = open(server, "/events"); var there = open(other, "/events")) {
            var job = submit("one");
            assertThat(eventsOf(here.until(message -> isEnd(message, job)), job))
                    .containsExactly("job.queued", "job.running", "job.completed");
            assertThat(eventsOf(there.until(message -> isEnd(message, job)), job)).hasSize(3);
        }
    }

    @Test
    void theStreamOfAJobTellsItsPastAndEndsWithIt() {
        var job = submit("two");
        jobs().finished(job);
        try (var stream = open(other, "/jobs/" + job + "/events")) {
            assertThat(eventsOf(stream.all(), job)).containsExactly("job.queued", "job.running", "job.completed");
            try (var again = EventReader.open(server.url() + "/jobs/" + job + "/events",
                    Map.of("Last-Event-ID", stream.lastId()))) {
                assertThat(again.status()).isEqualTo(204);
            }
        }
    }

    @Test
    void typesCanBeChosen() {
        try (var stream = open(server, "/events?types=job.completed")) {
            var job = submit("chosen");
            assertThat(stream.until(message -> isEnd(message, job)))
                    .allMatch(one -> one.event().equals("job.completed"));
        }
        server.api().get("/events?types=job.bogus").expect(400);
        server.api().get("/events?after=bogus").expect(400);
    }

    /// Each time on the other node, after a random number of events, while jobs come and go.
    @Test
    void nothingIsMissingAndNothingComesTwiceOverAThousandCuts() throws InterruptedException {
        var random = new Random(42);
        var stop = new AtomicBoolean();
        String after;
        try (var first = open(server, "/events?wait=0s")) {
            first.all();
            after = first.lastId();
        }
        var told = new AtomicInteger();
        var load = Thread.ofVirtual().start(() -> {
            for (int i = 0; !stop.get(); i++) {
                submitFive("load " + i);
                while (15 * i > told.get() + 30 && !stop.get()) {
                    LockSupport.parkNanos(100_000);
                }
            }
        });
        var seen = new ArrayList<String>();
        var at = after;
        for (int cut = 0; cut < 1_000; cut++) {
            try (var stream = open(cut % 2 == 0 ? server : other, "/events?after=" + at)) {
                for (int i = random.nextInt(4); i > 0; i--) {
                    at = stream.next().orElseThrow().id();
                    seen.add(at);
                    told.incrementAndGet();
                }
            }
        }
        stop.set(true);
        load.join();
        var last = submit("the last");
        try (var stream = open(other, "/events?after=" + at)) {
            stream.until(message -> isEnd(message, last)).forEach(message -> seen.add(message.id()));
        }
        try (var whole = open(server, "/events?after=" + after)) {
            var expected = whole.until(message -> isEnd(message, last)).stream().map(Message::id).toList();
            assertThat(expected).hasSizeGreaterThan(1_000).isSorted();
            assertThat(seen).isEqualTo(expected);
        }
    }

    @Test
    void textComesWhileTheProviderSendsItAndStaysForWhoComesLate() {
        provider.openAi().next(Behaviour.slowly(TEXT, 5, 10, Duration.ofMillis(60)));
        int before = provider.calls().size();
        var job = jobs().submit(JobClient.request("openai", "gpt-4o-mini", "say it slowly"));
        var same = server.api().post("/generate", JobClient.request("openai", "gpt-4o-mini", "say it slowly"));
        assertThat(same.json().get("jobId").asText()).isEqualTo(job);
        try (var here = open(server, "/jobs/" + job + "/events"); var there = open(other, "/jobs/" + job + "/events")) {
            var told = here.all();
            assertThat(there.all()).isEqualTo(told);
            var pieces = told.stream().filter(one -> one.event().equals("job.delta")).map(Message::data).toList();
            assertThat(pieces).hasSizeGreaterThan(2);
            assertThat(text(pieces)).isEqualTo(TEXT);
            for (int i = 0, offset = 0; i < pieces.size(); offset += pieces.get(i++).get("text").asText().length()) {
                assertThat(pieces.get(i).get("offset").asInt()).isEqualTo(offset);
            }
            try (var late = open(server, "/jobs/" + job + "/events")) {
                assertThat(late.all()).isEqualTo(told);
            }
        }
        var finished = jobs().finished(job);
        assertThat(finished.get("output").asText()).isEqualTo(TEXT);
        assertThat(finished.get("outputTokens").asInt()).isEqualTo(10);
        assertThat(provider.calls()).hasSize(before + 1);
    }

    @Test
    void aSocketCarriesTheSameEvents() {
        try (var socket = SocketClient.open(server.url(), Map.of())) {
            socket.subscribe("jobs", "");
            assertThat(socket.next().orElseThrow().get("type").asText()).isEqualTo("subscribed");
            var job = submit("over the socket");
            var told = events(socket, job);
            assertThat(told.stream().map(event -> event.get("type").asText())).containsExactly("job.queued",
                    "job.running", "job.completed");
            socket.subscribe("job:" + job, "");
            assertThat(socket.next().orElseThrow().get("type").asText()).as("all of it was said before")
                    .isEqualTo("subscribed");
            try (var again = SocketClient.open(other.url(), Map.of())) {
                again.subscribe("job:" + job, told.getFirst().get("id").asText());
                assertThat(events(again, job)).isEqualTo(told.subList(1, 3));
            }
        }
    }

    @Test
    void aSocketSaysWhatIsWrong() {
        try (var socket = SocketClient.open(server.url(), Map.of())) {
            socket.subscribe("everything", "");
            assertThat(socket.next().orElseThrow().at("/error/code").asText()).isEqualTo("validation_error");
            socket.subscribe("job:" + new java.util.UUID(0, 7), "");
            assertThat(socket.next().orElseThrow().at("/error/code").asText()).isEqualTo("not_found");
        }
        assertThatThrownBy(() -> SocketClient.open(server.url(), Map.of("Origin", "https://evil.example")))
                .isInstanceOf(CompletionException.class).rootCause().hasMessageContaining("403");
        server.api().get("/ws").expect(400);
    }

    @Test
    void whoMayNotListenAnyMoreIsCutWithinFiveSeconds() {
        try (var guarded = TestServer.start(Map.of("PROMPTLAB_AUTH", "required"))) {
            var people = new People(guarded.url());
            var owner = people.signUp("owner");
            var stranger = people.signUp("stranger");
            var made = owner.api().post("/api-keys", Json.object().put("name", "for streams")).expect(201).json();
            var key = Map.of("X-API-Key", made.get("key").asText());
            var theirs = Map.of("X-API-Key", stranger.key());
            try (var stream = EventReader.open(guarded.url() + "/events", key);
                    var foreign = EventReader.open(guarded.url() + "/events", theirs);
                    var socket = SocketClient.open(guarded.url(), key)) {
                socket.subscribe("jobs", "");
                var job = new JobClient(owner.api()).submit(JobClient.request("mock", "echo", "mine"));
                assertThat(stream.until(message -> isEnd(message, job))).hasSize(3);
                assertThat(events(socket, job)).hasSize(3);
                var own = new JobClient(stranger.api()).submit(JobClient.request("mock", "echo", "theirs"));
                assertThat(foreign.until(message -> isEnd(message, own))).allMatch(one -> one.jobId().equals(own));

                owner.api().delete("/api-keys/" + made.get("id").asText()).expect(204);
                long revokedAt = System.nanoTime();
                assertThat(stream.all().getLast().data().get("code").asText()).isEqualTo("unauthorized");
                while (socket.next().isPresent()) {
                    // what was said before
                }
                assertThat(Duration.ofNanos(System.nanoTime() - revokedAt)).isLessThan(Duration.ofSeconds(5));
                assertThat(socket.closeCode()).isEqualTo(1008);
            }
        }
    }

    @Test
    void whoMayNotReadAnyMoreDoesNotWaitToTheEnd() throws Exception {
        var limited = Map.of("PROMPTLAB_AUTH", "required", "PROMPTLAB_RATE_LIMIT_READS", "1000/1m");
        try (var guarded = TestServer.start(limited);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var owner = new People(guarded.url()).signUp("owner");
            var made = owner.api().post("/api-keys", Json.object().put("name", "for a wait")).expect(201).json();
            var keyed = ApiClient.of(guarded.url()).with("X-API-Key", made.get("key").asText());
            var job = new JobClient(owner.api()).submit(JobClient.request("mock", "echo", "later").put("runAt",
                    Instant.now().plus(Duration.ofHours(1)).toString()));
            int before = remaining(keyed);
            var status = threads.submit(() -> keyed.get("/jobs/" + job + "?wait=60s").status());
            var asked = new AtomicInteger();
            Eventually.holds("the wait has begun", () -> before - remaining(keyed) > asked.incrementAndGet());

            owner.api().delete("/api-keys/" + made.get("id").asText()).expect(204);

            assertThat(status.get(10, TimeUnit.SECONDS)).isEqualTo(401);
        }
    }

    private static int remaining(ApiClient api) {
        return Integer.parseInt(api.get("/templates").expect(200).header("X-RateLimit-Remaining").orElseThrow());
    }

    @Test
    void whoDoesNotReadIsDroppedAndCanGoOn() throws IOException {
        var uri = URI.create(server.url());
        try (var socket = new Socket()) {
            socket.setReceiveBufferSize(4 << 10);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), uri.getPort()));
            socket.getOutputStream().write(("GET /events?types=job.delta HTTP/1.1\r\nHost: localhost:" + uri.getPort()
                    + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().readNBytes(200);
            for (int i = 0; i < 60; i++) {
                server.db().autocommit(handle -> handle.execute(
                        """
                                insert into event (types, workspaces, jobs, attempts, texts, offsets)
                                select array_agg(event_type 'job.delta'), array_agg('00000000-0000-7000-8000-000000000001'::uuid), array_agg(gen_random_uuid()),
                                       array_agg(1), array_agg(repeat('x', 16384)), array_agg(0) from generate_series(1, 32)"""));
            }
            awaitEnd(socket);
        }
    }

    /// Waits until the server does not listen on a connection any more.
    private static void awaitEnd(Socket socket) {
        var end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        try {
            while (System.nanoTime() < end) {
                socket.getOutputStream().write('\n');
                LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            }
        } catch (IOException e) {
            return; // it is gone
        }
        throw new AssertionError("whoever does not read is still connected");
    }

    private static String text(List<JsonNode> pieces) {
        return pieces.stream().map(piece -> piece.get("text").asText()).collect(Collectors.joining());
    }

    /// What a socket tells of one job, up to its end.
    private static List<JsonNode> events(SocketClient socket, String job) {
        var events = new ArrayList<JsonNode>();
        while (events.isEmpty() || !events.getLast().get("status").asText().equals("completed")) {
            var frame = socket.next().orElseThrow();
            if (frame.at("/event/jobId").asText().equals(job)) {
                events.add(frame.get("event"));
            }
        }
        return events;
    }

    private static List<String> eventsOf(List<Message> messages, String job) {
        return messages.stream().filter(message -> message.jobId().equals(job)).map(Message::event).toList();
    }

    private static boolean isEnd(Message message, String job) {
        return message.event().equals("job.completed") && message.jobId().equals(job);
    }

    private static EventReader open(TestServer server, String path) {
        return EventReader.open(server.url() + path, Map.of());
    }

    private static String submit(String text) {
        return jobs().submit(JobClient.request("mock", "echo", text));
    }

    private static void submitFive(String text) {
        var batch = Json.array();
        for (int i = 0; i < 5; i++) {
            batch.add(JobClient.request("mock", "echo", text + " " + i));
        }
        server.api().post("/generate/batch", batch).expect(200);
    }

    private static JobClient jobs() {
        return new JobClient(server.api());
    }
}
