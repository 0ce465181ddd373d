package dev.promptlab;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.promptlab.testing.Behaviour;
import dev.promptlab.testing.EventReader;
import dev.promptlab.testing.EventReader.Message;
import dev.promptlab.testing.Fleet;
import dev.promptlab.testing.JobClient;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// A process is killed in the middle of a stream.
class EventFaultIT {
    @Test
    void theTextSoFarIsOnTheOtherNodeWhichGoesOn() {
        try (var fleet = new Fleet()) {
            fleet.provider().anthropic().next(Behaviour.slowlyThenHang("one two three four", Duration.ofMillis(150)))
                    .answers("one two three four", 1, 4);
            try (var killed = fleet.serve(Map.of())) {
                var job = JobClient.of(killed).submit(JobClient.request("say it"));
                List<Message> seen;
                try (var stream = EventReader.open(killed.url() + "/jobs/" + job + "/events", Map.of())) {
                    seen = stream.until(message -> message.event().equals("job.delta"));
                    killed.kill();
                }
                try (var rescuer = fleet.serve(Map.of());
                        var whole = EventReader.open(rescuer.url() + "/jobs/" + job + "/events", Map.of());
                        var rest = EventReader.open(rescuer.url() + "/jobs/" + job + "/events",
                                Map.of("Last-Event-ID", seen.getLast().id()))) {
                    var all = whole.all();
                    assertThat(all.subList(0, seen.size())).isEqualTo(seen);
                    assertThat(rest.all()).isEqualTo(all.subList(seen.size(), all.size()));
                    assertThat(all.stream().map(Message::event).filter(event -> !event.equals("job.delta")))
                            .containsExactly("job.queued", "job.running", "job.attempt.failed", "job.running",
                                    "job.completed");
                    assertThat(textOf(all, 1)).isNotEmpty();
                    assertThat("one two three four").startsWith(textOf(all, 1));
                }
            }
        }
    }

    private static String textOf(List<Message> messages, int attempt) {
        return messages.stream().map(Message::data)
                .filter(data -> data.path("attempt").asInt() == attempt && data.has("text"))
                .map(data -> data.get("text").asText()).collect(Collectors.joining());
    }
}
