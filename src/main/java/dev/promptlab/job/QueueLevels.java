package dev.promptlab.job;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BinaryOperator;
import java.util.function.ToDoubleFunction;

import dev.promptlab.db.Database;
import dev.promptlab.job.QueueLevelStore.Level;
import dev.promptlab.telemetry.Values;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.reducing;

/// Gauges of how full the queue is, read when somebody looks, at most every few seconds. A look at a long queue takes longer than
/// who looks should wait: it is then of the look before. Thread-safe.
final class QueueLevels {
    private static final Logger log = LoggerFactory.getLogger(QueueLevels.class);
    private static final Duration KEEP = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofMillis(50);
    private static final int MODELS = 100;
    private static final Executor APART = Executors.newVirtualThreadPerTaskExecutor();

    private final Database db;
    private final MultiGauge jobs;
    private final MultiGauge oldest;
    private final Values models = new Values(MODELS);
    private CompletableFuture<Void> reading = CompletableFuture.completedFuture(null);
    private long readAt = System.nanoTime() - KEEP.toNanos();

    /// @param db of the worker, which sees all workspaces
    QueueLevels(Database db, MeterRegistry registry) {
        this.db = db;
        this.jobs = MultiGauge.builder("promptlab.queue.jobs").description("Live jobs of all workspaces and processes")
                .register(registry);
        this.oldest = MultiGauge.builder("promptlab.queue.oldest").baseUnit("seconds")
                .description("How long the first of them has been due, or at work").register(registry);
    }

    /// Somebody is about to read the gauges.
    void look() {
        try {
            read().get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // as they were
        } catch (ExecutionException e) {
            log.debug("the queue cannot be measured at the moment", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized CompletableFuture<Void> read() {
        if (reading.isDone() && System.nanoTime() - readAt >= KEEP.toNanos()) {
            readAt = System.nanoTime();
            reading = CompletableFuture.runAsync(() -> show(db.autocommit(QueueLevelStore::levels)), APART);
        }
        return reading;
    }

    private void show(List<Level> levels) {
        show(jobs, levels, Level::jobs, Double::sum);
        show(oldest, levels, Level::oldestSeconds, Double::max);
    }

    /// Lanes of several keys are one here, as are the models beyond the first.
    private void show(MultiGauge gauge, List<Level> levels, ToDoubleFunction<Level> value,
            BinaryOperator<Double> together) {
        var rows = levels.stream().collect(groupingBy(this::tags, reducing(0.0, value::applyAsDouble, together)));
        gauge.register(rows.entrySet().stream().map(row -> MultiGauge.Row.of(row.getKey(), row.getValue()))
                .toList(), true);
    }

    private Tags tags(Level level) {
        return Tags.of("provider", level.provider(), "model", models.of(level.model()), "priority",
                level.priority().code(), "state", level.state());
    }
}
