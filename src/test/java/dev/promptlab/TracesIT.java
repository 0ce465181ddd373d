package dev.promptlab;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.Behaviour;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.ScriptedProvider;
import dev.promptlab.testing.SpanReceiver;
import dev.promptlab.testing.SpanReceiver.Span;
import dev.promptlab.testing.TestServer;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// One trace from a client's request through the queue to the provider, as a collector sees it.
class TracesIT {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String CALLER = "b7ad6b7169203331";
    private static final int SERVER = 2;
    private static final int CLIENT = 3;
    private static final int CONSUMER = 5;

    private SpanReceiver receiver;
    private ScriptedProvider provider;

    @BeforeEach
    void start() {
        receiver = SpanReceiver.start();
        provider = ScriptedProvider.start();
    }

    @AfterEach
    void stop() {
        provider.close();
        receiver.close();
    }

    @Test
    void oneTraceLeadsFromTheRequestThroughTheQueueToTheProvider() {
        provider.anthropic().answers("a secret answer", 36, 783);
        try (var server = server(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url()))) {
            var request = JobClient.request("a secret prompt");
            request.putObject("params").put("maxTokens", 100).put("temperature", 0.5);
            var jobs = new JobClient(traced(server));
            jobs.finished(jobs.submit(request));
        } // which sends what is left

        var spans = receiver.spans();
        var submit = one(spans, "POST /generate");
        var work = one(spans, "job");
        var call = one(spans, "chat claude-3-haiku-20240307");
        assertThat(List.of(submit, work, call)).extracting(Span::trace).containsOnly(TRACE);
        assertThat(List.of(submit, work, call)).extracting(Span::kind).containsExactly(SERVER, CONSUMER, CLIENT);
        assertThat(List.of(submit, work, call)).extracting(Span::parent).containsExactly(CALLER, submit.id(),
                work.id());
        assertThat(submit.service()).isEqualTo("promptlab");
        assertThat(submit.attributes()).containsEntry("http.route", "/generate")
                .containsEntry("http.response.status_code", "202").containsKey("promptlab.request.id");
        assertThat(call.attributes()).containsEntry("gen_ai.operation.name", "chat")
                .containsEntry("gen_ai.provider.name", "anthropic").containsEntry("gen_ai.usage.input_tokens", "36")
                .containsEntry("gen_ai.usage.output_tokens", "783")
                .containsEntry("gen_ai.request.max_tokens", "100").containsEntry("gen_ai.request.temperature", "0.5")
                .containsEntry("gen_ai.response.finish_reasons", "stop").containsEntry("server.address", "127.0.0.1");
        assertThat(provider.calls().getFirst().headers().get("traceparent")).asString()
                .contains("00-" + TRACE + "-" + call.id() + "-01");
        assertThat(spans.toString()).doesNotContain("secret");
    }

    @Test
    void aFailureIsMarkedAndPagesAndProbesAreLeftOut() {
        provider.anthropic().always(Behaviour.error(401, "who are you"));
        try (var server = server(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url()))) {
            var jobs = new JobClient(server.api());
            server.api().get("/health/ready").expect(200);
            jobs.finished(server.api().post("/generate/batch", Json.array().add(JobClient.request("hello"))).expect(200)
                    .json().get(0).get("jobId").asText());
        }
        assertThat(one(receiver.spans(), "job").parent()).isEqualTo(one(receiver.spans(), "POST /generate/batch").id());
        var call = one(receiver.spans(), "chat claude-3-haiku-20240307");
        assertThat(call.error()).isTrue();
        assertThat(call.attributes()).containsEntry("error.type", "authentication");
        assertThat(receiver.spans()).extracting(Span::name).noneMatch(name -> name.contains("health"));
    }

    @Test
    void withoutTheSettingNothingIsSentAndNothingIsLeftInAJob() {
        provider.anthropic().answers("done", 1, 1);
        try (var server = server(Map.of())) {
            var jobs = new JobClient(traced(server));
            assertThat(jobs.finished(jobs.submit(JobClient.request("hello"))).get("metadata")).isEmpty();
        }
        assertThat(provider.calls().getFirst().headers().toString()).doesNotContain("traceparent");
        assertThat(receiver.spans()).isEmpty();
    }

    private TestServer server(Map<String, String> more) {
        var environment = new HashMap<>(more);
        environment.put("ANTHROPIC_API_KEY", "test-key");
        environment.put("ANTHROPIC_BASE_URL", provider.url().toString());
        return TestServer.start(environment);
    }

    private static ApiClient traced(TestServer server) {
        return server.api().with("traceparent", "00-" + TRACE + "-" + CALLER + "-01");
    }

    private static Span one(List<Span> spans, String name) {
        assertThat(spans).extracting(Span::name).containsOnlyOnce(name);
        return spans.stream().filter(span -> span.name().equals(name)).findFirst().orElseThrow();
    }
}
