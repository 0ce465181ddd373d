package dev.promptlab.provider.anthropic;

import java.time.Instant;
import java.util.ArrayList;
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
import dev.promptlab.provider.Usage;
import dev.promptlab.testing.Behaviour;
import dev.promptlab.testing.ProviderScript;
import dev.promptlab.testing.ScriptedCall;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class AnthropicProviderTest extends ProviderContract {
    private static final CallOptions OPTIONS = new CallOptions(PATIENT, 1);

    @Override
    protected Provider provider() {
        return new HttpProvider(new AnthropicFormat(server.url(), KEY, _ -> 4_096), calls);
    }

    @Override
    protected ProviderScript script() {
        return server.anthropic();
    }

    @Override
    protected Map<String, String> limitHeaders(String limit, String remaining) {
        return Map.of("anthropic-ratelimit-requests-limit", limit, "anthropic-ratelimit-requests-remaining", remaining,
                "anthropic-ratelimit-requests-reset", Instant.now().plusSeconds(360).toString());
    }

    private ScriptedCall sent(String params, Message... messages) throws InterruptedException {
        provider().generate(new ChatRequest("claude-x", List.of(messages), Json.parseObject(params)), OPTIONS);
        return server.calls().getLast();
    }

    private String sentBody(String params) throws InterruptedException {
        return Json.text(sent(params).body());
    }

    private ProviderReply.Answer answer(String body) throws InterruptedException {
        script().next(Behaviour.body(200, "application/json", body));
        return (ProviderReply.Answer) call(Way.WHOLE, PATIENT);
    }

    @Test
    void theRequestGoesToTheMessagesApiWithKeyAndVersion() throws InterruptedException {
        var call = sent("{}", new Message("system", "Be brief."), new Message("user", "Hi"),
                new Message("assistant", "Hello"), new Message("user", "Bye"));

        assertThat(call.method() + " " + call.path()).isEqualTo("POST /v1/messages");
        assertThat(call.header("x-api-key")).contains(KEY);
        assertThat(call.header("anthropic-version")).contains("2023-06-01");
        assertThat(Json.text(call.body())).isEqualTo("""
                {"model":"claude-x","max_tokens":4096,"system":"Be brief.","messages":[{"role":"user","content":"Hi"},\
                {"role":"assistant","content":"Hello"},{"role":"user","content":"Bye"}]}""");
    }

    @Test
    void parametersGetTheirNames() throws InterruptedException {
        assertThat(sentBody(
                """
                        {"temperature":0.70,"maxTokens":9,"topP":1,"topK":5,"stop":"END","thinking":{"type":"adaptive"},"x":null}"""))
                .isEqualTo("""
                        {"temperature":0.70,"max_tokens":9,"top_p":1,"top_k":5,"stop_sequences":["END"],\
                        "thinking":{"type":"adaptive"},"x":null,"model":"claude-x","messages":[]}""");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{\"type\":\"object\"}", "{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\"}}",
            "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\",\"schema\":{\"type\":\"object\"}}}"})
    void aSchemaBecomesAStructuredOutput(String format) throws InterruptedException {
        assertThat(sentBody("{\"outputConfig\":{\"effort\":\"low\"},\"responseFormat\":" + format + "}")).contains(
                "\"output_config\":{\"effort\":\"low\",\"format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\"}}}");
    }

    @Test
    void jsonWithoutASchemaIsRefusedBeforeACall() throws InterruptedException {
        var reply = (ProviderReply.Failure) provider().generate(new ChatRequest("claude-x", List.of(),
                Json.parseObject("{\"responseFormat\":{\"type\":\"json_object\"}}")), OPTIONS);

        assertThat(reply.failureClass()).isEqualTo(FailureClass.INVALID_REQUEST);
        assertThat(reply.message()).contains("give a JSON Schema");
        assertThat(server.calls()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{\"name\":\"f\",\"description\":\"d\",\"parameters\":{\"type\":\"object\"}}",
            "{\"type\":\"function\",\"function\":{\"name\":\"f\",\"description\":\"d\",\"parameters\":{\"type\":\"object\"}}}",
            "{\"name\":\"f\",\"description\":\"d\",\"input_schema\":{\"type\":\"object\"}}"})
    void aToolMayBeSpelledInThreeWays(String tool) throws InterruptedException {
        assertThat(sentBody("{\"tools\":[" + tool + "]}")).contains(
                "\"tools\":[{\"name\":\"f\",\"description\":\"d\",\"input_schema\":{\"type\":\"object\"}}]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"\"auto\" | {\"type\":\"auto\"}", "\"required\" | {\"type\":\"any\"}",
            "\"none\" | {\"type\":\"none\"}", "{\"name\":\"f\"} | {\"type\":\"tool\",\"name\":\"f\"}",
            "{\"type\":\"function\",\"function\":{\"name\":\"f\"}} | {\"type\":\"tool\",\"name\":\"f\"}",
            "{\"type\":\"new\"} | {\"type\":\"new\"}"})
    void aToolChoiceIsMapped(String choice, String expected) throws InterruptedException {
        assertThat(sentBody("{\"toolChoice\":" + choice + "}")).contains("\"tool_choice\":" + expected);
    }

    @Test
    void toolCallsAreAnAnswerInJson() throws InterruptedException {
        var answer = answer("""
                {"content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"Looking."},
                {"type":"tool_use","id":"t1","name":"weather","input":{"city":"Bern"}}],
                "stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":2}}""");

        assertThat(answer.finishReason()).isEqualTo("tool_calls");
        assertThat(answer.output()).isEqualTo("""
                {"toolCalls":[{"id":"t1","name":"weather","arguments":{"city":"Bern"}}],"text":"Looking."}""");
    }

    @Test
    void toolCallsAreStreamedInFragments() throws InterruptedException {
        script().next(exchange -> exchange.stream(List.of("""
                data: {"type":"message_start","message":{"usage":{"input_tokens":5,"cache_read_input_tokens":7}}}

                """,
                """
                        data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t1","name":"f","input":{}}}

                        data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\\"a\\""}}

                        data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":":1}"}}

                        data: {"type":"something_new","index":1}

                        data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":9}}

                        data: {"type":"message_stop"}

                        """)));
        var pieces = new ArrayList<String>();

        var answer = (ProviderReply.Answer) provider().stream(ask("Hi"), OPTIONS, pieces::add);

        assertThat(answer.output())
                .isEqualTo("{\"toolCalls\":[{\"id\":\"t1\",\"name\":\"f\",\"arguments\":{\"a\":1}}]}");
        assertThat(answer.usage()).isEqualTo(new Usage(5, 9, 7, 0, 0, 0));
        assertThat(pieces).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"end_turn, stop", "stop_sequence, stop", "max_tokens, length",
            "model_context_window_exceeded, length", "refusal, content_filter", "pause_turn, pause_turn"})
    void theReasonToStopIsTranslated(String theirs, String ours) throws InterruptedException {
        assertThat(answer("{\"content\":[{\"type\":\"text\",\"text\":\"a\"}],\"stop_reason\":\"" + theirs + "\"}")
                .finishReason()).isEqualTo(ours);
    }

    @Test
    void aRefusalWithoutAWordIsAFailureThatWasCounted() throws InterruptedException {
        script().always(Behaviour.body(200, "application/json", """
                {"content":[],"stop_reason":"refusal","usage":{"input_tokens":3,"output_tokens":1}}"""));

        var failure = failure(Way.WHOLE, PATIENT);

        assertThat(failure.failureClass()).isEqualTo(FailureClass.CONTENT_FILTERED);
        assertThat(failure.usage()).isEqualTo(Usage.of(3, 1));
        assertThat(failure.requestId()).isEqualTo("req_scripted");
    }

    @Test
    void everyKindOfTokenIsCounted() throws InterruptedException {
        assertThat(answer("""
                {"content":[],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":20,
                "cache_read_input_tokens":300,"cache_creation_input_tokens":9000,"service_tier":"standard",
                "cache_creation":{"ephemeral_5m_input_tokens":4000,"ephemeral_1h_input_tokens":5000},
                "output_tokens_details":{"thinking_tokens":15}}}""").usage())
                .isEqualTo(new Usage(1, 20, 300, 4000, 5000, 15));
    }

    @Test
    void anAnswerWithoutUsageHasNone() throws InterruptedException {
        assertThat(answer("{\"content\":[],\"stop_reason\":\"end_turn\"}").usage()).isNull();
    }

    @Test
    void aStreamThatBreaksOffKeepsWhatWasCounted() throws InterruptedException {
        script().always(Behaviour.cut("one two three four five six", 36, 783));

        assertThat(failure(Way.STREAM, PATIENT).usage()).isEqualTo(Usage.of(36, 1));
    }

    @Test
    void theRequestIdOfTheBodyCountsWhenNoHeaderHasOne() throws InterruptedException {
        script().always(exchange -> {
            var body = "{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"x\"},\"request_id\":\"req_b\"}";
            exchange.write("HTTP/1.1 500 X\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        });

        assertThat(failure(Way.WHOLE, PATIENT).requestId()).isEqualTo("req_b");
    }

    @Test
    void thereAreNoEmbeddings() throws InterruptedException {
        var reply = (EmbeddingReply.Failed) provider().embed(new EmbeddingRequest("m", List.of("a")), OPTIONS);

        assertThat(reply.failure().message()).contains("Anthropic has no embeddings");
        assertThat(server.calls()).isEmpty();
    }

    @Test
    void withoutAKeyThereIsNoKeyHeader() throws InterruptedException {
        new HttpProvider(new AnthropicFormat(server.url(), "", _ -> 1), calls).generate(ask("Hi"), OPTIONS);

        assertThat(server.calls().getFirst().headers()).doesNotContainKey("x-api-key");
        assertThat(Map.copyOf(server.calls().getFirst().headers())).containsKey("anthropic-version");
    }
}
