package dev.promptlab.telemetry;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import org.jspecify.annotations.Nullable;

/// Traces of what this process does, sent over OTLP. Off until [#start]; then of the whole process, as logs are. What is off costs
/// the look at one field. Which thread works on what is known by thread: a span that is [TracedSpan#enter]ed is the parent of those begun after it.
public final class Traces {
    /// Carries a place in a trace, as W3C's Trace Context spells it.
    public static final String TRACEPARENT = "traceparent";
    private static final TextMapPropagator W3C = W3CTraceContextPropagator.getInstance();

    private static volatile @Nullable Tracer tracer;

    private Traces() {}

    /// Sends spans to a collector, as OpenTelemetry's own environment variables say: `OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER`,
    /// `OTEL_EXPORTER_OTLP_HEADERS` and so on.
    ///
    /// @param endpoint base URL; spans go to `/v1/traces` below it
    /// @return sends what is left and ends it
    public static AutoCloseable start(String endpoint) {
        var defaults = Map.of("otel.exporter.otlp.endpoint", endpoint, "otel.exporter.otlp.protocol", "http/protobuf",
                "otel.service.name", "promptlab", "otel.metrics.exporter", "none", "otel.logs.exporter", "none");
        var sdk = AutoConfiguredOpenTelemetrySdk.builder().addPropertiesSupplier(() -> defaults).disableShutdownHook()
                .build().getOpenTelemetrySdk();
        var own = sdk.getTracer("promptlab");
        tracer = own;
        return () -> {
            if (own.equals(tracer)) {
                tracer = null;
            }
            sdk.close();
        };
    }

    public static boolean areOn() {
        return tracer != null;
    }

    /// A request that arrived.
    ///
    /// @param header gives the value of a request header, null without it
    public static TracedSpan request(String name, Function<String, @Nullable String> header) {
        return areOn() ? begin(name, SpanKind.SERVER, W3C.extract(Context.root(), header, HEADERS)) : TracedSpan.OFF;
    }

    /// Work that a request left behind.
    ///
    /// @param traceparent where it was left; null begins a trace
    public static TracedSpan work(String name, @Nullable String traceparent) {
        return areOn() ? begin(name, SpanKind.CONSUMER,
                W3C.extract(Context.root(), key -> key.equals(TRACEPARENT) ? traceparent : null, HEADERS))
                : TracedSpan.OFF;
    }

    /// A call to somebody else, for what this thread works on.
    public static TracedSpan call(String name) {
        return areOn() ? begin(name, SpanKind.CLIENT, Context.current()) : TracedSpan.OFF;
    }

    private static TracedSpan begin(String name, SpanKind kind, Context parent) {
        var current = tracer;
        return current == null ? TracedSpan.OFF
                : new TracedSpan(current.spanBuilder(name).setSpanKind(kind).setParent(parent).startSpan());
    }

    /// The same task for another thread, which then works on what this one works on.
    public static Runnable carry(Runnable task) {
        return areOn() ? Context.current().wrap(task) : task;
    }

    /// What tells another process where this thread is; empty when there is no trace.
    public static Map<String, String> headers() {
        if (!areOn() || !Span.current().getSpanContext().isValid()) {
            return Map.of();
        }
        var headers = new HashMap<String, String>();
        W3C.inject(Context.current(), headers, (carrier, key, value) -> {
            if (carrier != null) {
                carrier.put(key, value);
            }
        });
        return headers;
    }

    private static final TextMapGetter<Function<String, @Nullable String>> HEADERS = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Function<String, @Nullable String> carrier) {
            return W3C.fields();
        }

        @Override
        public @Nullable String get(@Nullable Function<String, @Nullable String> carrier, String key) {
            return carrier == null ? null : carrier.apply(key);
        }
    };
}
