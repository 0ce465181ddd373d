package dev.promptlab.provider;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.promptlab.testing.Behaviour;
import dev.promptlab.testing.ProviderScript;
import dev.promptlab.testing.ScriptedProvider;
import dev.promptlab.testing.Vendor;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/// What every provider behind HTTP keeps, blocking and streaming.
public abstract class ProviderContract {
    protected static final String KEY = "sk-secret-0123456789";
    protected static final Duration PATIENT = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration SOON = Duration.ofSeconds(2);

    protected final ScriptedProvider server = ScriptedProvider.start();
    protected HttpCalls calls;

    /// How the answer is asked for.
    protected enum Way {
        WHOLE, STREAM
    }

    /// The provider under test, on the scripted server.
    protected abstract Provider provider();

    /// What carries the calls.
    protected HttpCalls transport() {
        return new HttpCalls();
    }

    /// For three calls, one after the other.
    protected int expectedConnections() {
        return 1;
    }

    protected abstract ProviderScript script();

    /// As the vendor writes them; the whole limit is there again in six minutes.
    protected abstract Map<String, String> limitHeaders(String limit, String remaining);

    @BeforeEach
    void open() {
        calls = transport();
    }

    @AfterEach
    void stop() {
        calls.close();
        server.close();
    }

    protected static ChatRequest ask(String text) {
        return new ChatRequest("scripted", List.of(new Message("user", text)), Json.object());
    }

    protected ProviderReply call(Way way, Duration timeout) throws InterruptedException {
        var options = new CallOptions(timeout, 1);
        return way == Way.WHOLE ? provider().generate(ask("Hi"), options)
                : provider().stream(ask("Hi"), options, _ -> {});
    }

    protected ProviderReply.Failure failure(Way way, Duration timeout) throws InterruptedException {
        return (ProviderReply.Failure) call(way, timeout);
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerHasTextUsageReasonAndRequestId(Way way) throws InterruptedException {
        script().answers("Hello there, wörld", 36, 783);

        assertThat(call(way, PATIENT)).isEqualTo(new ProviderReply.Answer("Hello there, wörld", "stop",
                Usage.of(36, 783), Vendor.REQUEST_ID, null));
    }

    @Test
    void aStreamHandsOverTheTextPieceByPiece() throws InterruptedException {
        script().answers("one two three", 3, 3);
        var pieces = new ArrayList<String>();

        provider().stream(ask("Count"), new CallOptions(PATIENT, 1), pieces::add);

        assertThat(pieces).containsExactly("one ", "two ", "three");
    }

    @Test
    void aServerThatDoesNotStreamIsHeardAllTheSame() throws InterruptedException {
        script().always(Behaviour.wholeAnswer("one two three", 36, 783));
        var pieces = new ArrayList<String>();

        var reply = provider().stream(ask("Count"), new CallOptions(PATIENT, 1), pieces::add);

        assertThat(reply).isEqualTo(
                new ProviderReply.Answer("one two three", "stop", Usage.of(36, 783), Vendor.REQUEST_ID, null));
        assertThat(pieces).containsExactly("one two three");
    }

    @ParameterizedTest
    @CsvSource({"400, INVALID_REQUEST", "401, AUTHENTICATION", "403, AUTHENTICATION", "402, SPEND_LIMIT",
            "404, INVALID_REQUEST", "408, UNAVAILABLE", "409, INVALID_REQUEST", "413, INVALID_REQUEST",
            "422, INVALID_REQUEST", "429, RATE_LIMITED", "500, UNAVAILABLE", "502, UNAVAILABLE", "503, UNAVAILABLE",
            "504, UNAVAILABLE", "529, RATE_LIMITED"})
    void aStatusTellsTheClass(int status, FailureClass expected) throws InterruptedException {
        script().always(Behaviour.error(status, "Something is not right"));

        for (var way : Way.values()) {
            var failure = failure(way, PATIENT);
            assertThat(failure.failureClass()).isEqualTo(expected);
            assertThat(failure.httpStatus()).isEqualTo(status);
            assertThat(failure.message()).isEqualTo("some_error: Something is not right");
            assertThat(failure.requestId()).isEqualTo(Vendor.REQUEST_ID);
            assertThat(failure.retryAfter()).isNull();
        }
    }

    @Test
    void anUnknownModelIsToldApartFromAnUnknownAddress() throws InterruptedException {
        script().always(Behaviour.error(404, "not_found_error", "model: no-such-thing", Map.of()));

        assertThat(failure(Way.WHOLE, PATIENT).failureClass()).isEqualTo(FailureClass.MODEL_NOT_FOUND);
    }

    @ParameterizedTest
    @CsvSource({"429, You exceeded your current quota", "429, Your organization has no credits left",
            "429, The spend limit of this workspace is reached", "400, Your credit balance is too low"})
    void moneyThatIsUsedUpIsNoMatterOfPace(int status, String message) throws InterruptedException {
        script().always(Behaviour.error(status, "some_error", message, Map.of("Retry-After", "60")));

        assertThat(failure(Way.WHOLE, PATIENT).failureClass()).isEqualTo(FailureClass.SPEND_LIMIT);
    }

    @Test
    void aPaceLimitThatMentionsBillingStaysAPaceLimit() throws InterruptedException {
        script().always(Behaviour.error(429,
                "Rate limit reached on requests per min. Please try again in 2s. Add a payment method under billing."));

        assertThat(failure(Way.WHOLE, PATIENT).failureClass()).isEqualTo(FailureClass.RATE_LIMITED);
    }

    @ParameterizedTest
    @CsvSource({"Retry-After, 7, 7000", "retry-after, 1.5, 1500", "retry-after-ms, 250, 250"})
    void theWaitThatAProviderAsksForIsKnown(String header, String value, long milliseconds)
            throws InterruptedException {
        script().always(Behaviour.error(429, "rate_limit_error", "Slow down", Map.of(header, value)));

        assertThat(failure(Way.STREAM, PATIENT).retryAfter()).isEqualTo(Duration.ofMillis(milliseconds));
    }

    @Test
    void theWaitMayBeADate() throws InterruptedException {
        var date = DateTimeFormatter.RFC_1123_DATE_TIME.format(Instant.now().plusSeconds(3_600).atZone(ZoneOffset.UTC));
        script().always(Behaviour.error(503, "overloaded", "Later", Map.of("Retry-After", date)));

        assertThat(failure(Way.WHOLE, PATIENT).retryAfter()).isBetween(Duration.ofMinutes(50), Duration.ofMinutes(60));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsSaidAboutTheLimitIsKnownFromEveryAnswer(Way way) throws InterruptedException {
        var headers = limitHeaders("60", "59");
        script().next(Behaviour.answer("fine", 1, 1, headers))
                .next(Behaviour.error(429, "rate_limit_error", "Slow down", headers)).answers("silent", 1, 1);

        for (var reply : List.of(call(way, PATIENT), call(way, PATIENT))) {
            var said = requireNonNull(reply.rateLimit());
            assertThat(said.limit()).isEqualTo(60);
            assertThat(said.remaining()).isEqualTo(59);
            assertThat(said.reset()).isBetween(Duration.ofSeconds(350), Duration.ofSeconds(360));
        }
        assertThat(call(way, PATIENT).rateLimit()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"no number, 59", "60, -1", "0, 0", "60, ''"})
    void aLimitThatCannotBeReadIsNoLimit(String limit, String remaining) throws InterruptedException {
        script().always(Behaviour.answer("fine", 1, 1, limitHeaders(limit, remaining)));

        assertThat(call(Way.WHOLE, PATIENT).rateLimit()).isNull();
    }

    @Test
    void refusedContentIsItsOwnClass() throws InterruptedException {
        script().always(Behaviour.error(400, "content_filter", "Filtered by our content management policy", Map.of()));

        assertThat(failure(Way.WHOLE, PATIENT).failureClass()).isEqualTo(FailureClass.CONTENT_FILTERED);
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatSaysNothingRunsIntoTheDeadline(Way way) throws InterruptedException {
        script().always(Behaviour.hang());

        assertThat(failure(way, SHORT).failureClass()).isEqualTo(FailureClass.TIMEOUT);
        server.awaitDisconnects(1, SOON);
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatDripsRunsIntoTheDeadlineToo(Way way) throws InterruptedException {
        script().always(Behaviour.drip(Duration.ofMillis(20)));

        var failure = failure(way, SHORT);

        assertThat(failure.failureClass()).isEqualTo(FailureClass.TIMEOUT);
        assertThat(failure.httpStatus()).isEqualTo(200);
        assertThat(failure.billing()).isEqualTo(ProviderReply.Billing.UNKNOWN);
        server.awaitDisconnects(1, SOON);
    }

    @Test
    void anErrorWhoseBodyHangsKeepsItsClass() throws InterruptedException {
        script().always(exchange -> {
            exchange.head(429, "application/json", "Content-Length: 1000", Map.of("Retry-After", "9"));
            exchange.pause(PATIENT);
        });

        var failure = failure(Way.WHOLE, SHORT);

        assertThat(failure.failureClass()).isEqualTo(FailureClass.RATE_LIMITED);
        assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(9));
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionThatBreaksIsUnavailable(Way way) throws InterruptedException {
        script().always(Behaviour.reset());

        var failure = failure(way, PATIENT);

        assertThat(failure.failureClass()).isEqualTo(FailureClass.UNAVAILABLE);
        assertThat(failure.httpStatus()).isNull();
        assertThat(failure.billing()).isEqualTo(ProviderReply.Billing.UNKNOWN);
    }

    @Test
    void aServerThatIsNotThereHasBilledNothing() throws InterruptedException {
        server.close();

        var failure = failure(Way.WHOLE, PATIENT);

        assertThat(failure.failureClass()).isEqualTo(FailureClass.UNAVAILABLE);
        assertThat(failure.message()).startsWith("cannot connect to " + server.url().getAuthority());
        assertThat(failure.billing()).isEqualTo(ProviderReply.Billing.NOTHING);
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerThatBreaksOffIsNoAnswer(Way way) throws InterruptedException {
        script().always(Behaviour.cut("one two three four five six", 36, 783));

        assertThat(failure(way, PATIENT).failureClass()).isEqualTo(FailureClass.UNAVAILABLE);
    }

    @Test
    void aStreamThatEndsInOrderButTooSoonIsNoAnswer() throws InterruptedException {
        script().always(exchange -> exchange.stream(List.of(": nothing to say\n\n")));

        assertThat(failure(Way.STREAM, PATIENT).failureClass()).isEqualTo(FailureClass.UNAVAILABLE);
    }

    @Test
    void anErrorInTheMiddleOfAStreamHasItsClass() throws InterruptedException {
        script().always(exchange -> exchange.stream(List.of("event: error\ndata: "
                + "{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"Too fast\"}}\n\n")));

        var failure = failure(Way.STREAM, PATIENT);

        assertThat(failure.failureClass()).isEqualTo(FailureClass.RATE_LIMITED);
        assertThat(failure.message()).contains("Too fast");
        assertThat(failure.requestId()).isEqualTo(Vendor.REQUEST_ID);
    }

    @ParameterizedTest
    @CsvSource({"{\"content\":", "{}", "[]", "''", "{\"choices\":[]}", "\"text\""})
    void aSuccessThatIsNoAnswerIsMalformed(String body) throws InterruptedException {
        script().always(Behaviour.body(200, "application/json", body));

        assertThat(failure(Way.WHOLE, PATIENT).failureClass()).isEqualTo(FailureClass.MALFORMED_RESPONSE);
    }

    @Test
    void aStreamOfSomethingElseIsMalformed() throws InterruptedException {
        script().always(exchange -> exchange.stream(List.of("data: {\"text\n\n")));

        assertThat(failure(Way.STREAM, PATIENT).failureClass()).isEqualTo(FailureClass.MALFORMED_RESPONSE);
    }

    @ParameterizedTest
    @EnumSource
    void aPageInsteadOfAnAnswerIsMalformed(Way way) throws InterruptedException {
        script().always(Behaviour.body(200, "text/html", "<html>Welcome</html>"));

        var failure = failure(way, PATIENT);

        assertThat(failure.failureClass()).isEqualTo(FailureClass.MALFORMED_RESPONSE);
        assertThat(failure.message()).contains("text/html");
    }

    @ParameterizedTest
    @EnumSource
    void aBodyWithoutAnEndIsCutAtTheCap(Way way) throws InterruptedException {
        script().always(Behaviour.endless());

        assertThat(failure(way, PATIENT).failureClass()).isEqualTo(FailureClass.RESPONSE_TOO_LARGE);
        server.awaitDisconnects(1, SOON);
    }

    @ParameterizedTest
    @EnumSource
    void redirectsAreNotFollowed(Way way) throws InterruptedException {
        script().always(Behaviour.redirect(server.url() + "/elsewhere"));

        var failure = failure(way, PATIENT);

        assertThat(failure.failureClass()).isEqualTo(FailureClass.INVALID_REQUEST);
        assertThat(failure.httpStatus()).isEqualTo(307);
        assertThat(failure.message()).contains("redirects are not followed");
        assertThat(server.calls()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptClosesTheConnection(Way way) throws Exception {
        script().always(Behaviour.drip(Duration.ofMillis(20)));
        var outcome = new CompletableFuture<String>();
        var caller = Thread.ofVirtual().start(() -> {
            try {
                outcome.complete("answered: " + call(way, PATIENT));
            } catch (InterruptedException e) {
                outcome.complete("interrupted");
            }
        });
        server.awaitCalls(1);

        caller.interrupt();

        assertThat(outcome.get(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo("interrupted");
        server.awaitDisconnects(1, SOON);
    }

    @Test
    void anInterruptBeforeTheHeadersClosesTheConnectionToo() throws Exception {
        script().always(Behaviour.hang());
        var caller = Thread.ofVirtual().start(() -> {
            try {
                call(Way.WHOLE, PATIENT);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.awaitCalls(1);

        caller.interrupt();

        server.awaitDisconnects(1, SOON);
        assertThat(caller.join(SOON)).isTrue();
    }

    @Test
    void twoHundredCallsRunAtTheSameTime() throws InterruptedException, ExecutionException, TimeoutException {
        script().always(exchange -> {
            server.awaitCalls(200); // nobody gets an answer before everybody has asked
            Behaviour.answer("ok", 1, 1).respond(exchange);
        });
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var replies = new ArrayList<Future<ProviderReply>>();
            for (var i = 0; i < 200; i++) {
                replies.add(executor.submit(() -> call(Way.WHOLE, PATIENT)));
            }
            for (var reply : replies) {
                assertThat(reply.get(20, TimeUnit.SECONDS)).isInstanceOf(ProviderReply.Answer.class);
            }
        }
        assertThat(server.mostInFlight()).isEqualTo(200);
    }

    @Test
    void oneConnectionServesOneCallAfterTheOther() throws InterruptedException {
        script().next(Behaviour.error(429, "Slow down")).answers("one two", 1, 2);

        call(Way.WHOLE, PATIENT);
        call(Way.STREAM, PATIENT);
        call(Way.WHOLE, PATIENT);

        assertThat(server.connections()).isEqualTo(expectedConnections());
    }

    @Test
    void aKeyThatTheProviderRepeatsIsHidden() throws InterruptedException {
        script().always(Behaviour.error(401, "Incorrect API key provided: " + KEY));

        assertThat(failure(Way.WHOLE, PATIENT).message()).contains("***").doesNotContain(KEY);
    }

    @ParameterizedTest
    @ValueSource(ints = {1_975, 1_985, 1_990})
    void theKeyIsHiddenAlsoWhereTheExplanationIsCut(int before) throws InterruptedException {
        script().always(Behaviour.error(401, "x".repeat(before) + KEY + "y".repeat(500)));

        assertThat(failure(Way.WHOLE, PATIENT).message()).doesNotContain(KEY.substring(0, 6));
    }

    @Test
    void theKeyIsHiddenAlsoInWhatIsNotJson() throws InterruptedException {
        script().always(Behaviour.body(200, "application/json", "x".repeat(185) + KEY));

        assertThat(failure(Way.WHOLE, PATIENT).message()).contains("not JSON").doesNotContain(KEY.substring(0, 6));
    }

    @Test
    void aParameterCannotTurnAWholeAnswerIntoAStream() throws InterruptedException {
        script().answers("Hello", 1, 1);
        var request = new ChatRequest("scripted", List.of(new Message("user", "Hi")),
                Json.object().put("stream", true));

        assertThat(provider().generate(request, new CallOptions(PATIENT, 1)))
                .isInstanceOf(ProviderReply.Answer.class);
    }

    @Test
    void aLongExplanationIsCut() throws InterruptedException {
        script().always(Behaviour.error(400, "no ".repeat(2_000)));

        assertThat(failure(Way.WHOLE, PATIENT).message()).hasSize(ProviderReply.Failure.MAX_MESSAGE);
    }

    @Test
    void compressionIsNotAskedFor() throws InterruptedException {
        call(Way.WHOLE, PATIENT);

        assertThat(server.calls().getFirst().header("accept-encoding")).isEmpty();
    }
}
