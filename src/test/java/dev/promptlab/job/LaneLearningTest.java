package dev.promptlab.job;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import dev.promptlab.db.Wakeup;
import dev.promptlab.job.LaneState.Block;
import dev.promptlab.job.LaneState.Pace;
import dev.promptlab.job.LaneState.Reason;
import dev.promptlab.job.LaneState.Starts;
import dev.promptlab.job.QueueStore.ClaimRules;
import dev.promptlab.job.TestJobs.Spec;
import dev.promptlab.provider.FailureClass;
import dev.promptlab.provider.ProviderReply;
import dev.promptlab.provider.Providers;
import dev.promptlab.provider.mock.MockProvider;
import dev.promptlab.testing.TestDatabase;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/// What lanes have learned, in PostgreSQL: the claim obeys it, whoever claims.
class LaneLearningTest {
    private static final ClaimRules RULES = new ClaimRules("worker", Duration.ofSeconds(30), 64);

    private TestDatabase database;
    private TestJobs jobs;
    private QueueStore queue;
    private int lane;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        jobs = new TestJobs(database.db());
        queue = new QueueStore(database.db());
        IntStream.range(0, 100).forEach(i -> jobs.insert(Spec.of("job" + i).provider("openai")));
        lane = database.db().autocommit(handle -> handle.createQuery("select id from lane").mapTo(Integer.class).one());
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aNewLaneStartsWithASmallWindow() {
        assertThat(state()).isEqualTo(LaneState.fresh());
        assertThat(queue.claim(RULES, 50)).hasSize((int) LanePolicy.FIRST_WINDOW);
    }

    @Test
    void theMockHasNoLimitToLearn() {
        IntStream.range(0, 100).forEach(i -> jobs.insert(Spec.of("mock" + i)));

        var claimed = queue.claim(RULES, 200).stream().filter(job -> job.provider().equals("mock")).toList();
        assertThat(claimed).hasSize(64).allSatisfy(job -> assertThat(job.lane().learns()).isFalse());
    }

    @Test
    void theWindowHoldsHoweverManyClaim() throws InterruptedException {
        save(with(7.9, null, null));

        assertThat(claimByMany()).isEqualTo(7);
    }

    @Test
    void thePaceHoldsHoweverManyClaim() throws InterruptedException {
        var start = now();
        save(with(null, pace(600, 5, start), null));

        int claimed = claimByMany();

        double most = 5 + 10 * LanePolicy.seconds(Duration.between(start, now()));
        assertThat(claimed).isBetween(5, (int) most);
        assertThat(requireNonNull(state().pace()).credit()).isBetween(0.0, most - claimed);
    }

    @Test
    void aHeldLaneStartsNothingAndTellsWhenToLookAgain() {
        save(with(null, null, new Block(now().plusSeconds(20), Reason.RATE_LIMITED, 0)));

        assertThat(queue.claim(RULES, 50)).isEmpty();
        assertThat(queue.untilNextDue(64).orElseThrow()).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(20));
    }

    @Test
    void aPacedLaneTellsWhenItsNextStartIs() {
        save(with(null, pace(6, 1, now()), null));

        assertThat(queue.claim(RULES, 50)).hasSize(1);
        assertThat(queue.untilNextDue(64).orElseThrow()).isBetween(Duration.ofSeconds(7), Duration.ofSeconds(10));
    }

    @Test
    void aLaneThatIsFullTellsNothing() {
        save(with(1.0, pace(6, 1, now()), null));
        queue.claim(RULES, 50);

        assertThat(queue.untilNextDue(64)).isEmpty();
    }

    @Test
    void oneCallAtATimeTriesALaneThatWasHeld() throws InterruptedException {
        save(with(null, null, new Block(now(), Reason.UNAVAILABLE, 1)));

        var claimed = queue.claim(RULES, 50);

        assertThat(claimed).hasSize(1);
        assertThat(claimed.getFirst().lane().trial()).isTrue();
        assertThat(claimByMany()).isEqualTo(1);
    }

    @Test
    void theClaimAgreesWithTheModelOfTheSimulation() {
        var random = new Random(7);
        for (int i = 0; i < 40; i++) {
            var state = aState(random, now());
            save(state);
            var before = now();

            var claimed = queue.claim(RULES, 100);

            assertThat(claimed).as(state.toString()).hasSize(LaneClaim.room(state, before, 0, 64));
            if (!claimed.isEmpty()) {
                var expected = LaneClaim.started(state, before, claimed.size());
                assertThat(state().starts().sinceThrottled()).isEqualTo(expected.starts().sinceThrottled());
                assertThat(state().starts().withinAMinute(before)).isCloseTo(expected.starts().withinAMinute(before),
                        within(0.5));
                if (expected.pace() != null) {
                    assertThat(requireNonNull(state().pace()).credit()).isCloseTo(expected.pace().credit(),
                            within(0.1));
                }
            }
            queue.release(claimed.stream().map(ClaimedJob::hold).toList());
        }
    }

    @Test
    void refusalsOnTwoNodesAreOneEvent() throws InterruptedException {
        save(with(10.0, null, null));
        var claimed = queue.claim(RULES, 10);
        var refusal = new ProviderReply.Failure(FailureClass.RATE_LIMITED, 429, "slow down", null,
                Duration.ofSeconds(9),
                ProviderReply.Billing.NOTHING, null);
        try (var one = feedback(); var two = feedback(); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            threads.invokeAll(claimed.stream().<Callable<Boolean>>map(job -> () -> {
                (job.hashCode() % 2 == 0 ? one : two).heard(job, endpoint(Providers.SERVER_KEY), refusal,
                        System.nanoTime());
                return true;
            }).toList());
        }

        assertThat(state().events()).isEqualTo(1);
        assertThat(state().window()).isEqualTo(5.0);
        assertThat(requireNonNull(state().block()).until()).isBetween(now().plusSeconds(5), now().plusSeconds(9));
    }

    @Test
    void oneKeysTroubleHoldsNobodyElsesLane() {
        save(with(10.0, null, null));
        var scope = UUID.randomUUID().toString();
        int own = database.db().transaction(tx -> ofAnotherKey(tx, scope));
        var job = queue.claim(RULES, 1).getFirst();
        var silence = new ProviderReply.Failure(FailureClass.UNAVAILABLE, null, "no answer", null, null,
                ProviderReply.Billing.UNKNOWN, null);
        try (var feedback = feedback()) {
            for (int i = 0; i < 12; i++) {
                feedback.heard(in(own, job), endpoint(scope), silence, System.nanoTime());
            }
            feedback.heard(job, endpoint(Providers.SERVER_KEY), silence, System.nanoTime());
        }
        assertThat(state(own).block()).isNotNull();
        assertThat(state().block()).isNull();
    }

    private int ofAnotherKey(Handle tx, String scope) {
        int id = tx.createQuery("""
                insert into lane (provider, endpoint, key_scope, model)
                select provider, endpoint, :scope, model from lane where id = :lane returning id""")
                .bind("scope", scope).bind("lane", lane).mapTo(Integer.class).one();
        tx.execute("insert into lane_cursor (lane_id, window_size) values (?, 10)", id);
        return id;
    }

    private static ClaimedJob in(int lane, ClaimedJob job) {
        return new ClaimedJob(job.jobId(), job.workspaceId(), new ClaimedJob.Lane(lane, 0, true, false), job.provider(),
                job.model(), job.messages(), job.params(), job.attempt(), job.maxAttempts(), job.triesLeft(),
                job.throttled(), job.epoch(), job.timeLeft(), job.estimatedInputTokens(),
                job.estimatedInputCostUsd());
    }

    private static Providers.Endpoint endpoint(String keyScope) {
        return new Providers.Endpoint("openai", new MockProvider(), "https://api.example", keyScope, null, null,
                Set.of());
    }

    private LaneFeedback feedback() {
        return new LaneFeedback(database.db(), 64, new Wakeup());
    }

    private static LaneState aState(Random random, Instant now) {
        var pace = random.nextBoolean() ? pace(1 + random.nextInt(3), random.nextInt(5) + 0.5, now) : null;
        var block = switch (random.nextInt(4)) {
            case 0 -> new Block(now.plusSeconds(random.nextInt(9) + 5), Reason.RATE_LIMITED, random.nextInt(2));
            case 1 -> new Block(now.minusSeconds(random.nextInt(9) + 5), Reason.OVERLOADED, random.nextInt(2));
            default -> null;
        };
        return with(random.nextBoolean() ? 1 + random.nextDouble(20) : null, pace, block);
    }

    private static LaneState with(@Nullable Double window, @Nullable Pace pace, @Nullable Block block) {
        return new LaneState(window, null, pace, block, 0, null, Starts.NONE);
    }

    private static Pace pace(double perMinute, double credit, Instant at) {
        return new Pace(perMinute, credit, at, 0.01, at, 0);
    }

    private int claimByMany() throws InterruptedException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            threads.invokeAll(IntStream.range(0, 20)
                    .<Callable<List<ClaimedJob>>>mapToObj(_ -> () -> queue.claim(RULES, 3)).toList());
        }
        queue.claim(RULES, 50);
        return database.db().autocommit(handle -> handle
                .createQuery("select count(*)::int from job_dispatch where state = 1").mapTo(Integer.class).one());
    }

    private Instant now() {
        return database.db().autocommit(LaneStateStore::now);
    }

    private LaneState state() {
        return state(lane);
    }

    private LaneState state(int id) {
        return database.db().transaction(tx -> LaneStateStore.lock(tx, id)).getFirst().state();
    }

    /// With no starts counted: those are the claim's to write.
    private void save(LaneState state) {
        database.db().inTransaction(tx -> {
            tx.execute("update lane_cursor set starts = '{}', starts_slot = 0");
            LaneStateStore.save(tx, lane, state);
        });
    }
}
