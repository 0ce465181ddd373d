package dev.promptlab.job;

import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.config.Setting;
import dev.promptlab.config.Settings;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.job.TestJobs.Spec;
import dev.promptlab.provider.Offer;
import dev.promptlab.provider.PriceTable;
import dev.promptlab.provider.ProviderSource;
import dev.promptlab.provider.Providers;
import dev.promptlab.telemetry.Metrics;
import dev.promptlab.testing.Behaviour;
import dev.promptlab.testing.ScriptedProvider;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// The worker of one process on a real queue. It polls so rarely that each test would take hours if a wake-up were missing.
class WorkerPoolTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Map<Setting, String> SETTINGS = Map.of(Setting.PROMPTLAB_POLL_INTERVAL, "1h",
            Setting.PROMPTLAB_LANE_CONCURRENCY, "1", Setting.PROMPTLAB_RETRY_BACKOFF, "20ms",
            Setting.OPENAI_API_KEY, "key", Setting.PROMPTLAB_LEASE, "1h");

    private final PriceTable prices = PriceTable.load();
    private final Signals signals = Signals.create();
    private ScriptedProvider provider;
    private TestDatabase database;
    private TestJobs jobs;
    private Providers providers;
    private final AtomicInteger lookUpsThatFail = new AtomicInteger();
    private final ProviderSource source = new ProviderSource() {
        @Override
        public Offer offer(UUID workspaceId) {
            return providers;
        }

        @Override
        public Providers.Endpoint require(UUID workspaceId, String name, String keyScope) {
            if (lookUpsThatFail.getAndDecrement() > 0) {
                throw new IllegalStateException(new SQLTransientConnectionException("the database is away"));
            }
            return providers.require(workspaceId, name, keyScope);
        }
    };
    private WorkerPool pool;

    @BeforeEach
    void start() {
        provider = ScriptedProvider.start();
        database = TestDatabase.create();
        jobs = new TestJobs(database.db());
        var flags = new EnumMap<Setting, String>(SETTINGS);
        flags.put(Setting.OPENAI_BASE_URL, provider.openAiUrl().toString());
        var settings = Settings.load(flags, Map.of());
        providers = Providers.of(settings.providers(), prices);
        pool = WorkerPool.start(database.as(DatabaseRole.WORKER), database.as(DatabaseRole.OWNER), source, prices,
                signals, settings, Metrics.create());
    }

    @AfterEach
    void stop() {
        pool.close();
        providers.close();
        database.close();
        provider.close();
    }

    @Test
    void aLaneThatWasFullGoesOnWhenASlotGetsFree() throws InterruptedException {
        var ids = IntStream.range(0, 5).mapToObj(i -> jobs.insert(Spec.of("job" + i))).toList();
        signals.queued().raise();

        for (var id : ids) {
            assertThat(ended(id).status()).isEqualTo(JobStatus.COMPLETED);
        }
    }

    @Test
    void aRetryIsMadeWhenItIsDue() throws InterruptedException {
        provider.openAi().next(Behaviour.error(503, "down")).answers("up", 1, 1);
        var id = jobs.insert(Spec.of("one").provider("openai"));
        signals.queued().raise();

        assertThat(ended(id).attempts()).isEqualTo(2);
    }

    @Test
    void aJobWaitsWhileTheDatabaseThatKnowsItsKeyIsAway() throws InterruptedException {
        lookUpsThatFail.set(2);
        var id = jobs.insert(Spec.of("one").provider("openai"));
        signals.queued().raise();

        assertThat(ended(id).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(jobs.require(id).attempts()).isEqualTo(1);
        assertThat(provider.calls()).hasSize(1);
    }

    @Test
    void wordsOfTheProviderThatPostgresqlRefusesAreMadeFit() throws InterruptedException {
        provider.openAi().always(Behaviour.body(200, "application/json", answer("a\0b", 1)));
        var id = jobs.insert(Spec.of("one").provider("openai"));
        signals.queued().raise();

        assertThat(ended(id).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(jobs.result(id).finishReason()).isEqualTo("a\uFFFDb");
    }

    @Test
    void anAnswerThatCannotBeStoredIsNotPaidForAgain() throws InterruptedException {
        provider.openAi().always(Behaviour.body(200, "application/json", answer("stop", Long.MAX_VALUE)));
        var id = jobs.insert(Spec.of("one").provider("openai").model("gpt-4o-mini"));
        signals.queued().raise();

        assertThat(ended(id).status()).isEqualTo(JobStatus.FAILED);
        assertThat(jobs.result(id).errorCode()).isEqualTo("internal_error");
        assertThat(jobs.require(id).usage().costUsd()).isNull();
        assertThat(provider.calls()).hasSize(1);
    }

    @Test
    void aCallThatWouldBeginAfterTheLeaseIsNotMade() {
        pool.close();
        var queue = new QueueStore(database.db());
        var id = jobs.insert(Spec.of("one").provider("openai"));
        var claimed = queue.claim(new QueueStore.ClaimRules("paused", Duration.ofHours(1), 64), 1).getFirst();
        try (var lanes = new LaneFeedback(database.db(), 64, signals.queued());
                var worker = new Worker(database.db(), queue, providers, new Costs(prices),
                        new RetryPolicy(List.of(Duration.ZERO)), PATIENCE, signals.ended(), lanes,
                        new QueueMetrics(Metrics.create().registry()))) {
            worker.work(new Running().add(claimed, System.nanoTime()));
        }

        assertThat(provider.calls()).isEmpty();
        assertThat(jobs.require(id).status()).isEqualTo(JobStatus.QUEUED);
        assertThat(jobs.require(id).attempts()).isZero();
    }

    private Job ended(UUID id) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        try (var watch = signals.ended().watch(id)) {
            while (jobs.require(id).status().isLive() && System.nanoTime() < end) {
                watch.await(Duration.ofNanos(end - System.nanoTime()));
            }
        }
        return jobs.require(id);
    }

    private static String answer(String finishReason, long inputTokens) {
        var body = Json.object();
        ObjectNode choice = body.putArray("choices").addObject();
        choice.put("finish_reason", finishReason).putObject("message").put("content", "hello");
        body.putObject("usage").put("prompt_tokens", inputTokens).put("completion_tokens", 1);
        return Json.text(body);
    }
}
