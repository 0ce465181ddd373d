package dev.promptlab.job;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import dev.promptlab.job.Outcome.Attempt;
import dev.promptlab.job.QueueStore.Settlement;
import dev.promptlab.provider.Usage;
import dev.promptlab.telemetry.Values;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/// What this process's worker counts. Providers and models are labels, the first [#MODELS] of them; ids never are. Thread-safe.
final class QueueMetrics {
    private static final int MODELS = 100;
    private static final Duration[] CALLS = {Duration.ofMillis(10), Duration.ofMillis(50), Duration.ofMillis(100),
            Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofMillis(2_500),
            Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(60),
            Duration.ofSeconds(120)};

    /// @param failureClass `none` for an answer
    private record Call(String provider, String model, String outcome, String failureClass) {}

    private record Spent(String provider, String model) {}

    private final MeterRegistry registry;
    private final Values models = new Values(MODELS);
    private final Map<Call, Timer> calls = new ConcurrentHashMap<>();
    private final Map<Spent, Timer> firstTokens = new ConcurrentHashMap<>();
    private final Map<Spent, Spending> spending = new ConcurrentHashMap<>();
    private final Map<JobStatus, Counter> ended = new ConcurrentHashMap<>();
    private final Timer claims;
    private final Counter claimed;
    private final Timer settles;
    private final DistributionSummary settled;
    private final Counter late;
    private final Counter leases;

    /// Tokens and money of one provider and model.
    private record Spending(Counter input, Counter cached, Counter output, Counter reasoning, Counter cost,
            Counter unknown) {
        void add(Usage usage) {
            input.increment((double) (usage.input() + usage.cacheWrite5m() + usage.cacheWrite1h()));
            cached.increment((double) usage.cacheRead());
            output.increment((double) (usage.output() - usage.reasoning()));
            reasoning.increment((double) usage.reasoning());
        }
    }

    QueueMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.claims = timer("promptlab.claims", "Statements that claim jobs");
        this.claimed = counter("promptlab.claimed.jobs", "Jobs that were claimed");
        this.settles = timer("promptlab.settles", "Transactions that record outcomes");
        this.settled = DistributionSummary.builder("promptlab.settle.batch.jobs")
                .description("Outcomes recorded together").serviceLevelObjectives(1, 2, 5, 10, 20, 50, 100, 200)
                .register(registry);
        this.late = counter("promptlab.late.answers", "Outcomes refused because the lease had passed");
        this.leases = counter("promptlab.leases.expired", "Jobs taken back from workers that let their lease pass");
    }

    /// @param slots jobs that this process may have in work at once
    void watch(Collection<?> running, int slots) {
        Gauge.builder("promptlab.worker.jobs", running, Collection::size).description("Jobs in work in this process")
                .register(registry);
        Gauge.builder("promptlab.worker.slots", () -> slots).description("Jobs that this process may have in work")
                .register(registry);
    }

    void claimed(int jobs, long nanos) {
        claims.record(nanos, TimeUnit.NANOSECONDS);
        claimed.increment(jobs);
    }

    /// @param applied the jobs whose outcome was recorded
    void settled(List<Settlement> settlements, Set<UUID> applied, long nanos) {
        settles.record(nanos, TimeUnit.NANOSECONDS);
        settled.record(settlements.size());
        late.increment(settlements.size() - applied.size());
        for (var settlement : settlements) {
            if (settlement.outcome() instanceof Outcome.End end && applied.contains(settlement.hold().jobId())) {
                ended(end.status());
            }
        }
    }

    private void ended(JobStatus status) {
        ended.computeIfAbsent(status, one -> Counter.builder("promptlab.jobs.ended")
                .description("Jobs that this process brought to their end").tag("status", one.code())
                .register(registry)).increment();
    }

    void leasesExpired(int jobs) {
        leases.increment(jobs);
    }

    /// A call has an outcome, for the log of attempts.
    void called(ClaimedJob job, Attempt attempt, long nanos) {
        var model = model(job);
        var failureClass = attempt.failureClass();
        calls.computeIfAbsent(new Call(job.provider(), model, attempt.word(),
                failureClass == null ? "none" : failureClass), this::callTimer).record(nanos, TimeUnit.NANOSECONDS);
        var usage = attempt.usage();
        if (usage != null) {
            var spent = spending.computeIfAbsent(new Spent(job.provider(), model), this::spending);
            spent.add(usage);
            count(spent, attempt.costUsd());
        }
    }

    private static void count(Spending spent, @Nullable BigDecimal costUsd) {
        if (costUsd == null) {
            spent.unknown().increment();
        } else {
            spent.cost().increment(costUsd.doubleValue());
        }
    }

    /// The first text of an answer arrived.
    void firstText(ClaimedJob job, long nanos) {
        firstTokens.computeIfAbsent(new Spent(job.provider(), model(job)), key -> Timer
                .builder("promptlab.provider.first.token").description("From the call to its first text")
                .tags("provider", key.provider(), "model", key.model()).serviceLevelObjectives(CALLS)
                .register(registry)).record(nanos, TimeUnit.NANOSECONDS);
    }

    private String model(ClaimedJob job) {
        return models.of(job.model());
    }

    private Timer callTimer(Call call) {
        return Timer.builder("promptlab.provider.calls").description("Attempts, by what became of them")
                .tags("provider", call.provider(), "model", call.model(), "outcome", call.outcome(), "class",
                        call.failureClass())
                .serviceLevelObjectives(CALLS).register(registry);
    }

    private Spending spending(Spent key) {
        return new Spending(tokens(key, "input"), tokens(key, "cached_input"), tokens(key, "output"),
                tokens(key, "reasoning"),
                Counter.builder("promptlab.cost.usd").description("What attempts cost, rounded as floating point")
                        .tags("provider", key.provider(), "model", key.model()).register(registry),
                Counter.builder("promptlab.cost.unknown.attempts").description("Attempts whose price is not known")
                        .tags("provider", key.provider(), "model", key.model()).register(registry));
    }

    private Counter tokens(Spent key, String kind) {
        return Counter.builder("promptlab.tokens").description("Tokens as providers counted them")
                .tags("provider", key.provider(), "model", key.model(), "kind", kind).register(registry);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    private Timer timer(String name, String description) {
        return Timer.builder(name).description(description).serviceLevelObjectives(CALLS).register(registry);
    }
}
