package dev.promptlab.telemetry;

import java.util.List;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/// One step of a trace, from its beginning to [#close]. Names of attributes are OpenTelemetry's where it has one. Never a prompt or an
/// output, and no secret.
public final class TracedSpan implements AutoCloseable {
    /// Of a process that sends no traces.
    static final TracedSpan OFF = new TracedSpan(Span.getInvalid());

    private final Span span;

    TracedSpan(Span span) {
        this.span = span;
    }

    /// Makes it what this thread works on, until the answer is closed by the same thread.
    @SuppressWarnings("MustBeClosedChecker") // closed by whoever closes the answer
    public Entered enter() {
        if (this == OFF) {
            return () -> {};
        }
        Scope scope = span.makeCurrent();
        return scope::close;
    }

    /// Ends what this thread works on.
    @FunctionalInterface
    public interface Entered extends AutoCloseable {
        @Override
        void close();
    }

    public TracedSpan set(String name, @Nullable String value) {
        if (value != null) {
            span.setAttribute(name, value);
        }
        return this;
    }

    public TracedSpan set(String name, long value) {
        span.setAttribute(name, value);
        return this;
    }

    public TracedSpan set(String name, double value) {
        span.setAttribute(name, value);
        return this;
    }

    public TracedSpan set(String name, List<String> values) {
        span.setAttribute(AttributeKey.stringArrayKey(name), values);
        return this;
    }

    /// @param type a word of a small set
    public void failed(String type) {
        span.setAttribute("error.type", type);
        span.setStatus(StatusCode.ERROR);
    }

    @Override
    public void close() {
        span.end();
    }
}
