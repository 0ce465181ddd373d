package dev.promptlab;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BatchIT {
    private static TestServer server;
    private static ApiClient api;

    @BeforeAll
    static void start() {
        server = TestServer.start(Map.of("PROMPTLAB_MAX_BODY", "2KiB", "PROMPTLAB_MAX_BATCH_BODY", "2MiB"));
        api = server.api();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void everyEntryOfAnArrayIsAnsweredAndABadOneFailsAlone() {
        var answers = api
                .post("/generate/batch", "[" + line("a") + ",{\"provider\":7}," + line("b") + "," + line("a") + ",3]")
                .expect(200).json();

        assertThat(answers.findValuesAsText("index")).containsExactly("0", "1", "2", "3", "4");
        assertThat(answers.get(0).get("jobId")).isEqualTo(answers.get(3).get("jobId"))
                .isNotEqualTo(answers.get(2).get("jobId"));
        assertThat(answers.at("/1/error/details/fieldErrors").has("provider")).isTrue();
        assertThat(answers.at("/4/error/message").asText()).contains("JSON object");
    }

    @Test
    void linesOfJsonlAreAnsweredOneByOne() {
        var answers = lines(line("c") + "\n\nnot json\n" + line("x".repeat(3_000)) + "\r\n" + line("d")).expect(200)
                .json();

        assertThat(answers).hasSize(4);
        assertThat(answers.get(0).has("jobId")).isTrue();
        assertThat(answers.at("/1/error/message").asText()).contains("not valid JSON");
        assertThat(answers.at("/2/error/code").asText()).isEqualTo("payload_too_large");
        assertThat(answers.get(3).has("jobId")).isTrue();
    }

    @Test
    void tenThousandLinesAreTenThousandJobsAndOneMoreIsTooMany() {
        var answers = lines(
                IntStream.rangeClosed(0, 10_000).mapToObj(i -> line("bulk " + i)).collect(Collectors.joining("\n")))
                .expect(200).json();

        assertThat(answers).hasSize(10_001);
        assertThat(answers.valueStream().limit(10_000).map(answer -> answer.path("jobId").asText()).distinct())
                .hasSize(10_000)
                .doesNotContain("");
        assertThat(answers.at("/10000/error/message").asText()).contains("at most 10000");
    }

    @Test
    void anArrayThatBreaksOffKeepsWhatCameBefore() {
        var answers = api.post("/generate/batch", "[" + line("e") + ", {\"provider\":").expect(200).json();

        assertThat(answers.get(0).has("jobId")).isTrue();
        assertThat(answers.at("/1/error/message").asText()).contains("line 1").contains("nothing after it was read");
    }

    @Test
    void whatIsNoBatchIsRefused() {
        assertThat(api.post("/generate/batch", line("f")).expect(400).errorMessage()).contains("JSON array");
        assertThat(api.post("/generate/batch", "").expect(400).errorMessage()).contains("JSON array");
        api.with("Content-Type", "text/csv").post("/generate/batch", "a,b").expect(415);
        api.with("Idempotency-Key", "two words").post("/generate/batch", "[]").expect(400);
        assertThat(api.post("/generate/batch", "[]").expect(200).json()).isEmpty();
        lines((line("g") + " ".repeat(1_000) + "\n").repeat(2_500)).expect(413);
    }

    @Test
    void aBatchThatIsSentAgainWithItsKeyGetsTheSameAnswersAlsoWhenItIsToBeFresh() {
        var fresh = "[" + fresh("h") + "," + fresh("h") + ",{\"provider\":7}]";
        var keyed = api.with("Idempotency-Key", "nightly-7");

        var half = keyed.post("/generate/batch", "[" + fresh("h") + "]").expect(200).json();
        var whole = keyed.post("/generate/batch", fresh).expect(200);
        assertThat(whole.header("Idempotency-Replayed")).isEmpty();
        assertThat(whole.json().get(0)).isEqualTo(half.get(0));
        assertThat(whole.json().at("/1/jobId")).isNotEqualTo(half.at("/0/jobId"));
        assertThat(whole.json().get(2).has("error")).isTrue();

        var other = keyed.post("/generate/batch", "[" + fresh("h") + "," + fresh("i") + "]").expect(200).json();
        assertThat(other.get(0)).isEqualTo(half.get(0));
        assertThat(other.at("/1/error/code").asText()).isEqualTo("idempotency_mismatch");

        var again = keyed.post("/generate/batch", "[" + fresh("h") + "," + fresh("h") + "]").expect(200);
        assertThat(again.header("Idempotency-Replayed")).contains("true");
        assertThat(again.json().get(1)).isEqualTo(whole.json().get(1));
    }

    private static String fresh(String content) {
        return line(content).replace("{\"provider\"", "{\"fresh\":true,\"provider\"");
    }

    private static ApiClient.Response lines(String body) {
        return api.with("Content-Type", "application/jsonl").post("/generate/batch", body);
    }

    private static String line(String content) {
        return "{\"provider\":\"mock\",\"messages\":[{\"role\":\"user\",\"content\":\"" + content + "\"}]}";
    }

}
