package dev.promptlab.telemetry;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/// What this process counts and measures, for Prometheus. Its own names begin with `promptlab_`; those of the JVM are as everywhere:
/// `jvm_`, `process_`, `system_`. Thread-safe.
public final class Metrics implements AutoCloseable {
    /// As [#text] is written.
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics pauses = new JvmGcMetrics();

    private final List<Runnable> readers = new CopyOnWriteArrayList<>();

    private Metrics() {}

    public static Metrics create() {
        var metrics = new Metrics();
        var registry = metrics.registry;
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        metrics.pauses.bindTo(registry);
        return metrics;
    }

    /// Where parts put what they count. A name is `promptlab.` and words; units are Micrometer's base units.
    public MeterRegistry registry() {
        return registry;
    }

    /// Calls `update` whenever somebody is about to read.
    public void onRead(Runnable update) {
        readers.add(update);
    }

    /// Everything, in Prometheus' text format.
    public String text() {
        readers.forEach(Runnable::run);
        return registry.scrape();
    }

    @Override
    public void close() {
        pauses.close();
        registry.close();
    }
}
