package dev.promptlab;

import java.util.Map;

import dev.promptlab.testing.EventReader;
import dev.promptlab.testing.EventReader.Message;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Live updates over two nodes on one database.
class EventIT {
    private static TestServer server;
    private static TestServer other;

    @BeforeAll
    static void start() {
        server = TestServer.start(Map.of());
        other = server.another();
    }

    @AfterAll
    static void stop() {
        other.close();
        server.close();
    }

    @Test
    void aStreamTellsWhatHappensToEveryJobOnEveryNode() {
        try (var here = open(server, "/events"); var there = open(other, "/events")) {
            var job = submit("one");
            var told = here.until(message -> isEnd(message, job));
            assertThat(told.stream().filter(message -> message.jobId().equals(job)).map(Message::event))
                    .containsExactly("job.queued", "job.running", "job.completed");
            assertThat(there.until(message -> isEnd(message, job))).isEqualTo(told);
        }
    }

    @Test
    void theStreamOfAJobTellsItsPastAndEndsWithIt() {
        var job = submit("two");
        jobs().finished(job);
        try (var stream = open(other, "/jobs/" + job + "/events")) {
            assertThat(stream.all().stream().map(Message::event))
                    .containsExactly("job.queued", "job.running", "job.completed");
            try (var again = EventReader.open(server.url() + "/jobs/" + job + "/events",
                    Map.of("Last-Event-ID", stream.lastId()))) {
                assertThat(again.status()).isEqualTo(204);
            }
        }
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

    private static JobClient jobs() {
        return new JobClient(server.api());
    }
}
