package dev.promptlab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.promptlab.testing.ApiOperation;
import dev.promptlab.testing.HostileRequests;
import dev.promptlab.testing.HostileRequests.Slot;
import dev.promptlab.testing.HostileStrings;
import dev.promptlab.testing.TestServer;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/// Puts hostile strings into every parameter, header and field of every documented operation. Whatever a string is, the answer
/// is of the kind that a harmless word in its place gets, or a refusal; it finds nothing that the word does not find.
class InjectionIT {
    private static final int AT_ONCE = 8;
    private static final String HARMLESS = "zzz";
    /// For fields that want more of a text.
    private static final String LONGER = "Harmless-and-long-enough";
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .executor(Executors.newVirtualThreadPerTaskExecutor()).build();
    /// Of the request.
    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z");
    /// What the edge says before a route is found, documented or not.
    private static final Set<Integer> EDGE = Set.of(400, 404, 414);

    private static final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private static TestServer server;
    private static Map<String, String> values;

    @BeforeAll
    static void start() {
        server = TestServer.start(Map.of());
        var template = server.api().post("/templates", Json.object().put("name", "Injection").put("userPrompt",
                "Say {{ name }}")).expect(201).json().get("id").asText();
        server.api().put("/templates/" + template + "/labels/production", "{\"version\":1}").expect(200);
        var job = server.api().post("/generate", "{\"templateId\":\"" + template
                + "\",\"provider\":\"mock\",\"variables\":{\"name\":\"Ann\"}}").expect(202).json().get("jobId")
                .asText();
        server.api().get("/jobs/" + job + "?wait=30s").expect(200);
        values = Map.of("/templates/id", template, "/jobs/id", job, "templateId", template, "/lanes/id", "1", "version",
                "1", "label", "production", "asset", "init.js");
        server.api().get("/health/startup").expect(200); // says more the first time
        logged.start();
        root().addAppender(logged);
    }

    @AfterAll
    static void stop() {
        root().detachAppender(logged);
        server.close();
    }

    @Test
    void hostileStringsGetNoFurtherThanAHarmlessWord() throws Exception {
        assertThat(HostileStrings.ALL).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(60);
        var requests = new HostileRequests(server.url(), values);
        var attack = new Attack(InjectionIT::problem);
        attack.run(slots(requests, true)); // first, while there is nothing to be found that the others wrote
        attack.run(slots(requests, false));

        assertThat(attack.problems).isEmpty();
        assertThat(attack.sent.get()).isGreaterThan(ApiOperation.all().size() * HostileStrings.ALL.size());
        assertThat(logged.list).filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.ERROR)).isEmpty();
        server.api().get("/health/ready").expect(200);
        server.api().get("/templates/" + values.get("templateId")).expect(200);
    }

    /// The same requests to a server that knows none of those who ask: what is not public is not even looked at.
    @Test
    void withoutACredentialTheyGetNowhere() throws Exception {
        try (var closed = TestServer.start(Map.of("PROMPTLAB_AUTH", "required"))) {
            closed.api().get("/health/startup").expect(200);
            var requests = new HostileRequests(closed.url(), values);
            var attack = new Attack((slot, harmless, hostile) -> slot.operation().open()
                    ? problem(slot, harmless, hostile)
                    : Optional.of("is not refused: " + hostile)
                            .filter(_ -> hostile.status() != 401 && !EDGE.contains(hostile.status())));
            attack.run(slots(requests, true));
            attack.run(slots(requests, false));
            assertThat(attack.problems).isEmpty();
            assertThat(logged.list).filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.ERROR)).isEmpty();
        }
    }

    private static List<Slot> slots(HostileRequests requests, boolean reading) {
        return ApiOperation.all().stream().filter(operation -> operation.method().equals("GET") == reading)
                .flatMap(requests::slots).toList();
    }

    private record Answer(int status, String body) {
        boolean refuses() {
            return status >= 400 && status < 500;
        }

        @Override
        public String toString() {
            return status + " " + body.substring(0, Math.min(300, body.length()));
        }
    }

    private interface Judge {
        Optional<String> problem(Slot slot, Answer harmless, Answer hostile);
    }

    /// One pass over all places and strings.
    private static final class Attack {
        private final Judge judge;
        private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
        private final AtomicInteger sent = new AtomicInteger();

        Attack(Judge judge) {
            this.judge = judge;
        }

        void run(List<Slot> slots) throws Exception {
            try (var pool = Executors.newFixedThreadPool(AT_ONCE)) {
                var runs = new ArrayList<Future<?>>();
                slots.forEach(slot -> runs.add(pool.submit(() -> run(slot))));
                for (var run : runs) {
                    run.get();
                }
            }
        }

        private void run(Slot slot) {
            var word = send(slot.request().apply(HARMLESS).orElseThrow());
            var harmless = word.refuses() ? send(slot.request().apply(LONGER).orElseThrow()) : word;
            for (var string : HostileStrings.ALL) {
                slot.request().apply(string).ifPresent(request -> {
                    sent.incrementAndGet();
                    judge.problem(slot, harmless, send(request)).ifPresent(problem -> problems
                            .add(slot + " with " + Json.text(Json.array().add(string)) + ": " + problem));
                });
            }
        }
    }

    private static Optional<String> problem(Slot slot, Answer harmless, Answer hostile) {
        if (hostile.status() >= 500) {
            return Optional.of("is a fault: " + hostile);
        }
        if (!slot.operation().statuses().contains(hostile.status()) && !EDGE.contains(hostile.status())) {
            return Optional.of("is not documented: " + hostile);
        }
        if (hostile.refuses()) {
            return hostile.body().startsWith("{\"error\":") ? Optional.empty()
                    : Optional.of("is no error of ours: " + hostile);
        }
        if (isRefusedForGood(slot, harmless)) {
            return Optional.of("is accepted, \"zzz\" is refused (" + harmless.status() + "): " + hostile);
        }
        boolean alike = TIME.matcher(hostile.body()).replaceAll("")
                .equals(TIME.matcher(harmless.body()).replaceAll(""));
        return slot.reads() && !alike && !slot.operation().path().equals("/metrics") // counts these requests
                ? Optional.of("finds more than \"zzz\": " + hostile)
                : Optional.empty();
    }

    /// Conflicts, and things that are not there, are matters of the moment; only what a path names is nowhere at any time. And a
    /// whole body may be proper JSON.
    private static boolean isRefusedForGood(Slot slot, Answer answer) {
        boolean passing = answer.status() == 409 || (answer.status() == 404 && !slot.name().startsWith("path "));
        return answer.refuses() && !passing && !slot.name().equals("body");
    }

    /// Of an event stream the beginning.
    private static Answer send(HttpRequest request) {
        try {
            var answer = HTTP.send(request, BodyHandlers.ofInputStream());
            try (var body = answer.body()) {
                boolean endless = answer.headers().firstValue("Content-Type").orElse("")
                        .startsWith("text/event-stream");
                return new Answer(answer.statusCode(),
                        endless ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(request.method() + " " + request.uri(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }
}
