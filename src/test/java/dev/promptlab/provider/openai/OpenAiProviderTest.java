package dev.promptlab.provider.openai;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.promptlab.provider.CallOptions;
import dev.promptlab.provider.ChatRequest;
import dev.promptlab.provider.EmbeddingReply;
import dev.promptlab.provider.EmbeddingRequest;
import dev.promptlab.provider.FailureClass;
import dev.promptlab.provider.HttpProvider;
import dev.promptlab.provider.Message;
import dev.promptlab.provider.Provider;
import dev.promptlab.provider.ProviderContract;
import dev.promptlab.provider.ProviderReply;
import dev.promptlab.provider.RateLimit;
import dev.promptlab.provider.Usage;
import dev.promptlab.provider.WireFormat;
import dev.promptlab.testing.Behaviour;
import dev.promptlab.testing.ProviderScript;
import dev.promptlab.testing.ScriptedCall;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OpenAiProviderTest extends ProviderContract {
    private static final CallOptions OPTIONS = new CallOptions(PATIENT, 1);

    @Override
    protected Provider provider() {
        return new HttpProvider(new OpenAiFormat(server.openAiUrl(), KEY), calls);
    }

    @Override
    protected ProviderScript script() {
        return server.openAi();
    }

    @Override
    protected Map<String, String> limitHeaders(String limit, String remaining) {
        return Map.of("x-ratelimit-limit-requests", limit, "x-ratelimit-remaining-requests", remaining,
                "x-ratelimit-reset-requests", "6m0s");
    }

    @ParameterizedTest
    @CsvSource({"1s, 1000", "6m0s, 360000", "20ms, 20", "1h2m3.5s, 3723500", "12, 12000", "soon, "})
    void theTimeUntilTheLimitIsThereAgainIsKnown(String text, @Nullable Long milliseconds) throws InterruptedException {
        script().always(Behaviour.answer("fine", 1, 1, Map.of("x-ratelimit-limit-requests", "60",
                "x-ratelimit-remaining-requests", "0", "x-ratelimit-reset-requests", text)));

        assertThat(call(Way.STREAM, PATIENT).rateLimit()).isEqualTo(
                new RateLimit(60, 0, milliseconds == null ? null : Duration.ofMillis(milliseconds)));
    }

    private ScriptedCall sent(String params, Message... messages) throws InterruptedException {
        provider().generate(new ChatRequest("gpt-x", List.of(messages), Json.parseObject(params)), OPTIONS);
        return server.calls().getLast();
    }

    private String sentBody(String params) throws InterruptedException {
        return Json.text(sent(params).body());
    }

    private ProviderReply.Answer answer(String body) throws InterruptedException {
        script().next(Behaviour.body(200, "application/json", body));
        return (ProviderReply.Answer) call(Way.WHOLE, PATIENT);
    }

    private ProviderReply.Answer streamed(String... chunks) throws InterruptedException {
        script().next(exchange -> exchange.stream(List.of(chunks).stream().map(chunk -> "data: " + chunk + "\n\n")
                .toList()));
        return (ProviderReply.Answer) call(Way.STREAM, PATIENT);
    }

    @Test
    void theRequestGoesToChatCompletionsWithABearerKey() throws InterruptedException {
        var call = sent("{}", new Message("system", "Be brief."), new Message("user", "Hi"));

        assertThat(call.method() + " " + call.path()).isEqualTo("POST /v1/chat/completions");
        assertThat(call.header("authorization")).contains("Bearer " + KEY);
        assertThat(Json.text(call.body())).isEqualTo(
                """
                        {"model":"gpt-x","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}]}""");
    }

    @Test
    void withoutAKeyThereIsNoAuthorization() throws InterruptedException {
        new HttpProvider(new OpenAiFormat(server.openAiUrl(), ""), calls).generate(ask("Hi"), OPTIONS);

        assertThat(server.calls().getFirst().headers()).doesNotContainKey("authorization");
    }

    @Test
    void parametersGetTheirNames() throws InterruptedException {
        assertThat(sentBody(
                """
                        {"temperature":0.70,"maxTokens":9,"topP":1,"stop":["END"],"seed":7,"logprobs":true,"topLogprobs":2,"x_y":{}}"""))
                .isEqualTo("""
                        {"temperature":0.70,"max_tokens":9,"top_p":1,"stop":["END"],"seed":7,"logprobs":true,\
                        "top_logprobs":2,"x_y":{},"model":"gpt-x","messages":[]}""");
    }

    @Test
    void openAiItselfHasAnotherNameForTheMostTokens() throws Exception {
        var post = new OpenAiFormat(URI.create("https://api.openai.com/v1"), KEY).chat(
                new ChatRequest("gpt-x", List.of(), Json.parseObject("{\"maxTokens\":9}")), WireFormat.Delivery.WHOLE);

        assertThat(Json.text(post.body()))
                .contains("\"max_completion_tokens\":9");
    }

    @Test
    void aStreamAsksForItsUsage() throws InterruptedException {
        call(Way.STREAM, PATIENT);

        assertThat(Json.text(server.calls().getFirst().body()))
                .endsWith("\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{\"type\":\"object\"} | {\"type\":\"json_schema\",\"json_schema\":{\"name\":\"answer\",\"schema\":{\"type\":\"object\"}}}",
            "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\",\"strict\":true,\"schema\":{}}} | {\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\",\"strict\":true,\"schema\":{}}}",
            "{\"type\":\"json_object\"} | {\"type\":\"json_object\"}"})
    void aResponseFormatIsMapped(String format, String expected) throws InterruptedException {
        assertThat(sentBody("{\"responseFormat\":" + format + "}")).contains("\"response_format\":" + expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{\"name\":\"f\",\"parameters\":{\"type\":\"object\"}}",
            "{\"name\":\"f\",\"input_schema\":{\"type\":\"object\"}}",
            "{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\"}}}"})
    void aToolMayBeSpelledInThreeWays(String tool) throws InterruptedException {
        assertThat(sentBody("{\"tools\":[" + tool + "]}")).contains(
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\"}}}]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"\"auto\" | \"auto\"", "\"any\" | \"required\"",
            "{\"type\":\"none\"} | \"none\"",
            "{\"type\":\"tool\",\"name\":\"f\"} | {\"type\":\"function\",\"function\":{\"name\":\"f\"}}"})
    void aToolChoiceIsMapped(String choice, String expected) throws InterruptedException {
        assertThat(sentBody("{\"toolChoice\":" + choice + "}")).contains("\"tool_choice\":" + expected);
    }

    @Test
    void toolCallsAreAnAnswerInJson() throws InterruptedException {
        var answer = answer("""
                {"choices":[{"message":{"content":null,"tool_calls":[
                {"id":"t1","type":"function","function":{"name":"weather","arguments":"{\\"city\\":\\"Bern\\"}"}},
                {"id":"t2","type":"function","function":{"name":"broken","arguments":"{oops"}}]},
                "finish_reason":"tool_calls"}]}""");

        assertThat(answer.finishReason()).isEqualTo("tool_calls");
        assertThat(answer.output()).isEqualTo("""
                {"toolCalls":[{"id":"t1","name":"weather","arguments":{"city":"Bern"}},\
                {"id":"t2","name":"broken","arguments":"{oops"}]}""");
        assertThat(answer.usage()).isNull();
    }

    @Test
    void toolCallsAreStreamedInFragments() throws InterruptedException {
        var answer = streamed(
                """
                        {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"t1","function":{"name":"f","arguments":null}}]}}]}""",
                """
                        {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\\"a\\""}}]}}]}""",
                """
                        {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]},"finish_reason":"tool_calls"}]}""");

        assertThat(answer.output())
                .isEqualTo("{\"toolCalls\":[{\"id\":\"t1\",\"name\":\"f\",\"arguments\":{\"a\":1}}]}");
    }

    @Test
    void ofSeveralStreamedAnswersTheFirstCounts() throws InterruptedException {
        var answer = streamed(
                "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"b\"}}]}",
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}",
                "{\"choices\":[{\"index\":1,\"delta\":{},\"finish_reason\":\"length\"}]}",
                "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}");

        assertThat(answer).isEqualTo(new ProviderReply.Answer("a", "stop", null, "req_scripted", null));
    }

    @Test
    void aStreamThatStatesItsReasonNeedsNoDone() throws InterruptedException {
        var answer = streamed("{\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"length\"}]}");

        assertThat(answer).isEqualTo(new ProviderReply.Answer("a", "length", null, "req_scripted", null));
    }

    @Test
    void logprobsComeAsTheProviderSentThem() throws InterruptedException {
        var answer = streamed(
                "{\"choices\":[{\"delta\":{\"content\":\"a\"},\"logprobs\":{\"content\":[{\"token\":\"a\",\"logprob\":-0.5}]}}]}",
                "{\"choices\":[{\"delta\":{\"content\":\"b\"},\"logprobs\":{\"content\":[{\"token\":\"b\",\"logprob\":-1}]}}]}",
                "[DONE]");

        assertThat(answer.logprobs()).hasToString(
                "{\"content\":[{\"token\":\"a\",\"logprob\":-0.5},{\"token\":\"b\",\"logprob\":-1}]}");
    }

    @Test
    void aRefusalIsTextThatEndsWithTheFilter() throws InterruptedException {
        var answer = answer("""
                {"choices":[{"message":{"content":null,"refusal":"I cannot."},"finish_reason":"stop"}]}""");

        assertThat(answer.output()).isEqualTo("I cannot.");
        assertThat(answer.finishReason()).isEqualTo("content_filter");
    }

    @Test
    void filteredContentWithoutAWordIsAFailureThatWasCounted() throws InterruptedException {
        script().always(Behaviour.body(200, "application/json", """
                {"choices":[{"message":{"content":""},"finish_reason":"content_filter"}],
                "usage":{"prompt_tokens":3,"completion_tokens":0}}"""));

        var failure = failure(Way.WHOLE, PATIENT);

        assertThat(failure.failureClass()).isEqualTo(FailureClass.CONTENT_FILTERED);
        assertThat(failure.usage()).isEqualTo(Usage.of(3, 0));
    }

    @Test
    void textMayComeInParts() throws InterruptedException {
        assertThat(answer("""
                {"choices":[{"message":{"content":[{"type":"thinking","thinking":[]},{"type":"text","text":"Hi"}]},
                "finish_reason":"stop"}]}""").output()).isEqualTo("Hi");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            // OpenAI: cached tokens are part of the prompt, reasoning is part of the completion
            "{\"prompt_tokens\":100,\"completion_tokens\":50,\"total_tokens\":150,\"prompt_tokens_details\":{\"cached_tokens\":80,\"cache_write_tokens\":5},\"completion_tokens_details\":{\"reasoning_tokens\":40}} | Usage[input=15, output=50, cacheRead=80, cacheWrite5m=5, cacheWrite1h=0, reasoning=40]",
            // xAI: reasoning stands beside the completion
            "{\"prompt_tokens\":100,\"completion_tokens\":10,\"total_tokens\":150,\"completion_tokens_details\":{\"reasoning_tokens\":40}} | Usage[input=100, output=50, cacheRead=0, cacheWrite5m=0, cacheWrite1h=0, reasoning=40]",
            // DeepSeek
            "{\"prompt_tokens\":100,\"completion_tokens\":10,\"prompt_cache_hit_tokens\":64} | Usage[input=36, output=10, cacheRead=64, cacheWrite5m=0, cacheWrite1h=0, reasoning=0]"})
    void everyKindOfTokenIsCounted(String usage, String expected) throws InterruptedException {
        assertThat(answer(
                "{\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}],\"usage\":" + usage + "}")
                .usage()).hasToString(expected);
    }

    @Test
    void aQuotaThatIsUsedUpIsNotRetriedWhateverTheMessageSays() throws InterruptedException {
        script().always(Behaviour.error(429, "insufficient_quota", "Please try again in 20s", Map.of()));

        assertThat(failure(Way.WHOLE, PATIENT).failureClass()).isEqualTo(FailureClass.SPEND_LIMIT);
    }

    @Test
    void embeddingsKeepTheOrderOfTheInputs() throws InterruptedException {
        script().answers("", 5, 0);

        var reply = (EmbeddingReply.Vectors) provider().embed(new EmbeddingRequest("e", List.of("a", "bbb")), OPTIONS);

        assertThat(reply.vectors()).containsExactly(new float[]{1, 1}, new float[]{3, 1});
        assertThat(reply.usage()).isEqualTo(Usage.of(5, 0));
        assertThat(server.calls().getFirst().path()).isEqualTo("/v1/embeddings");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{\"data\":[]}", "{\"data\":[{\"index\":3,\"embedding\":[1]}]}",
            "{\"data\":[{\"index\":0,\"embedding\":[]}]}"})
    void embeddingsThatDoNotFitTheInputsAreMalformed(String body) throws InterruptedException {
        script().always(Behaviour.body(200, "application/json", body));

        var reply = (EmbeddingReply.Failed) provider().embed(new EmbeddingRequest("e", List.of("a")), OPTIONS);

        assertThat(reply.failure().failureClass()).isEqualTo(FailureClass.MALFORMED_RESPONSE);
    }

    @Test
    void aListenerThatFailsEndsTheCall() {
        assertThatThrownBy(() -> provider().stream(ask("Hi"), OPTIONS, _ -> {
            throw new IllegalStateException("full");
        })).isInstanceOf(IllegalStateException.class);
    }
}
