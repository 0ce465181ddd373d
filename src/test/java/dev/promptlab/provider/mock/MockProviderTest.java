package dev.promptlab.provider.mock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.promptlab.provider.CallOptions;
import dev.promptlab.provider.ChatRequest;
import dev.promptlab.provider.EmbeddingReply;
import dev.promptlab.provider.EmbeddingRequest;
import dev.promptlab.provider.FailureClass;
import dev.promptlab.provider.Message;
import dev.promptlab.provider.ProviderReply;
import dev.promptlab.provider.Usage;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class MockProviderTest {
    private static final Duration PATIENT = Duration.ofSeconds(20);

    private final MockProvider mock = new MockProvider();

    private ProviderReply call(String model, String params, int attempt) throws InterruptedException {
        return mock.generate(ask(model, params), new CallOptions(PATIENT, attempt));
    }

    private static ChatRequest ask(String model, String params) {
        return new ChatRequest(model, List.of(new Message("system", "Be brief."), new Message("user", "First"),
                new Message("assistant", "Yes?"), new Message("user", "  Say  this\nback ")), Json.parseObject(params));
    }

    private ProviderReply.Answer answer(String model, String params) throws InterruptedException {
        return (ProviderReply.Answer) call(model, params, 1);
    }

    private ProviderReply.Failure failure(String model, String params) throws InterruptedException {
        return (ProviderReply.Failure) call(model, params, 1);
    }

    @Test
    void echoSaysTheLastUserMessageAsItIs() throws InterruptedException {
        assertThat(call("echo", "{}", 1)).isEqualTo(
                new ProviderReply.Answer("  Say  this\nback ", "stop", Usage.of(7, 3), null, null));
    }

    @ParameterizedTest
    @CsvSource({"echo, 783", "lorem, 783", "lorem, 1", "echo, 0", "lorem, 0"})
    void theLengthMayBeChosenToTheToken(String model, int tokens) throws InterruptedException {
        var answer = answer(model, "{\"outputTokens\":" + tokens + "}");

        assertThat(answer.usage()).isEqualTo(Usage.of(7, tokens));
        assertThat(answer.output().isBlank() ? 0 : answer.output().strip().split("\\s+").length).isEqualTo(tokens);
    }

    @Test
    void aLongerAnswerIsCutAtMaxTokens() throws InterruptedException {
        var answer = answer("lorem", "{\"maxTokens\":2}");

        assertThat(answer.output()).isEqualTo("Lorem ipsum");
        assertThat(answer.finishReason()).isEqualTo("length");
    }

    @Test
    void aStreamComesWordByWordAndIsTheSameText() throws InterruptedException {
        var pieces = new ArrayList<String>();

        var reply = mock.stream(ask("echo", "{}"), new CallOptions(PATIENT, 1), pieces::add);

        assertThat(pieces).containsExactly("  Say  ", "this\n", "back ");
        assertThat(reply).isEqualTo(call("echo", "{}", 1));
    }

    @Test
    void theFirstAttemptsFailAsTold() throws InterruptedException {
        var params = "{\"failures\":2,\"status\":429,\"retryAfter\":3}";

        var failure = failure("echo", params);

        assertThat(failure.failureClass()).isEqualTo(FailureClass.RATE_LIMITED);
        assertThat(failure.httpStatus()).isEqualTo(429);
        assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(3));
        assertThat(call("echo", params, 2)).isInstanceOf(ProviderReply.Failure.class);
        assertThat(call("echo", params, 3)).isInstanceOf(ProviderReply.Answer.class);
    }

    @ParameterizedTest
    @CsvSource({"500, UNAVAILABLE", "529, RATE_LIMITED", "401, AUTHENTICATION", "402, SPEND_LIMIT",
            "400, INVALID_REQUEST"})
    void aStatusHasTheClassItHasElsewhere(int status, FailureClass expected) throws InterruptedException {
        assertThat(failure("echo", "{\"failures\":1,\"status\":" + status + "}").failureClass()).isEqualTo(expected);
    }

    @Test
    void anUnknownModelIsRefusedWithTheKnownOnes() throws InterruptedException {
        var failure = failure("gpt", "{}");

        assertThat(failure.failureClass()).isEqualTo(FailureClass.MODEL_NOT_FOUND);
        assertThat(failure.message()).isEqualTo("mock has no model \"gpt\"; models: echo, lorem");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"latencyMs\":-1}", "{\"failures\":1.5}", "{\"status\":200}", "{\"outputTokens\":\"9\"}",
            "{\"maxTokens\":0}", "{\"latencyMs\":600001}"})
    void aParameterOutOfItsRangeIsRefused(String params) throws InterruptedException {
        assertThat(failure("echo", params).failureClass()).isEqualTo(FailureClass.INVALID_REQUEST);
    }

    @Test
    void latencyTakesItsTime() throws InterruptedException {
        var start = System.nanoTime();

        answer("lorem", "{\"latencyMs\":60}");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(60));
    }

    @Test
    void latencyEndsAtTheDeadline() throws InterruptedException {
        var reply = mock.generate(ask("echo", "{\"latencyMs\":600000}"), new CallOptions(Duration.ofMillis(30), 1));

        assertThat(((ProviderReply.Failure) reply).failureClass()).isEqualTo(FailureClass.TIMEOUT);
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        var outcome = new CompletableFuture<String>();
        var caller = Thread.ofVirtual().start(() -> {
            try {
                call("echo", "{\"latencyMs\":600000}", 1);
            } catch (InterruptedException e) {
                outcome.complete("interrupted");
            }
        });

        caller.interrupt();

        assertThat(outcome.get(20, TimeUnit.SECONDS)).isEqualTo("interrupted");
    }

    @Test
    void embeddingsAreUnitVectorsAndAlikeForTextsThatShareWords() throws InterruptedException {
        var reply = (EmbeddingReply.Vectors) mock.embed(new EmbeddingRequest("echo",
                List.of("the quick brown fox", "The quick red fox!", "nothing of that kind here", "")),
                new CallOptions(PATIENT, 1));
        var vectors = reply.vectors();

        assertThat(vectors).allSatisfy(vector -> assertThat(dot(vector, vector)).isCloseTo(1, within(1e-5)));
        assertThat(dot(vectors.get(0), vectors.get(1))).isGreaterThan(dot(vectors.get(0), vectors.get(2)));
        assertThat(reply.usage()).isEqualTo(Usage.of(13, 0));
    }

    private static double dot(float[] left, float[] right) {
        var sum = 0.0;
        for (var i = 0; i < left.length; i++) {
            sum += left[i] * right[i];
        }
        return sum;
    }
}
