package dev.promptlab.job;

import java.net.URI;
import java.util.List;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.provider.ChatRequest;
import dev.promptlab.provider.ProviderReply;
import dev.promptlab.provider.Providers;
import dev.promptlab.telemetry.TracedSpan;
import dev.promptlab.telemetry.Traces;

/// What a trace tells about a job: that it was worked on, and the call for it, in the words of OpenTelemetry's conventions for
/// generative AI. The way from the request leads through the job's metadata, where the submit leaves its place in the trace.
final class JobSpans {
    private JobSpans() {}

    /// Metadata of a job that is submitted now.
    static ObjectNode mark(ObjectNode metadata) {
        var place = Traces.headers().get(Traces.TRACEPARENT);
        return place == null || metadata.has(Traces.TRACEPARENT) ? metadata
                : metadata.deepCopy().put(Traces.TRACEPARENT, place);
    }

    static TracedSpan work(ClaimedJob job, QueueStore queue) {
        if (!Traces.areOn()) {
            return Traces.work("job", null);
        }
        return Traces.work("job", queue.traceparent(job.jobId()).orElse(null))
                .set("promptlab.job.id", job.jobId().toString())
                .set("promptlab.workspace.id", job.workspaceId().toString())
                .set("promptlab.job.attempt", job.attempt());
    }

    static TracedSpan call(ClaimedJob job, Providers.Endpoint endpoint, ChatRequest request) {
        var span = Traces.call("chat " + job.model());
        if (Traces.areOn()) {
            var server = URI.create(endpoint.origin());
            span.set("gen_ai.operation.name", "chat").set("gen_ai.provider.name", endpoint.name())
                    .set("gen_ai.request.model", job.model()).set("server.address", server.getHost())
                    .set("promptlab.job.id", job.jobId().toString());
            if (server.getPort() > 0) {
                span.set("server.port", server.getPort());
            }
            params(span, request.params());
        }
        return span;
    }

    private static void params(TracedSpan span, ObjectNode params) {
        number(span, params, "maxTokens", "gen_ai.request.max_tokens");
        number(span, params, "temperature", "gen_ai.request.temperature");
        number(span, params, "topP", "gen_ai.request.top_p");
        number(span, params, "seed", "gen_ai.request.seed");
    }

    private static void number(TracedSpan span, ObjectNode params, String param, String attribute) {
        var value = params.path(param);
        if (value.isIntegralNumber()) {
            span.set(attribute, value.longValue());
        } else if (value.isNumber()) {
            span.set(attribute, value.doubleValue());
        }
    }

    static void replied(TracedSpan span, ProviderReply reply) {
        if (!Traces.areOn()) {
            return;
        }
        switch (reply) {
            case ProviderReply.Answer answer -> {
                span.set("gen_ai.response.finish_reasons", List.of(answer.finishReason()))
                        .set("gen_ai.response.id", answer.requestId());
                var usage = answer.usage();
                if (usage != null) {
                    span.set("gen_ai.usage.input_tokens", usage.allInput()).set("gen_ai.usage.output_tokens",
                            usage.output());
                }
            }
            case ProviderReply.Failure failure -> {
                span.failed(failure.failureClass().code());
                if (failure.httpStatus() != null) {
                    span.set("http.response.status_code", failure.httpStatus());
                }
            }
        }
    }
}
