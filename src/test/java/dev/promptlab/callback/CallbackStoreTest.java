package dev.promptlab.callback;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import dev.promptlab.callback.Callback.State;
import dev.promptlab.callback.Delivery.Result;
import dev.promptlab.db.Database;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.workspace.access.Caller;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CallbackStoreTest {
    private static final UUID WORKSPACE = Caller.DEFAULT_WORKSPACE;
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final int PER_HOST = 4;

    private TestDatabase database;
    private Database db;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        db = database.db();
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aCallbackIsDueWhenItsJobHasEndedAndNotBefore() {
        var job = submit("https://a.example/hook");
        var other = submit("https://a.example/hook");
        assertThat(claim()).isEmpty();

        end(List.of(job));

        var delivery = claim().getFirst();
        assertThat(delivery.jobId()).isEqualTo(job);
        assertThat(delivery.url()).isEqualTo(URI.create("https://a.example/hook"));
        assertThat(List.of(delivery.attempt(), delivery.roundAttempt())).containsExactly(1, 1);
        assertThat(callback(other).state()).isEqualTo(State.WAITING);
    }

    @Test
    void anEndThatIsRolledBackMakesNothingDue() {
        var job = submit("https://a.example/");
        assertThatThrownBy(() -> db.inTransaction(tx -> {
            tx.createUpdate("delete from job_dispatch where job_id = :id").bind("id", job).execute();
            throw new IllegalStateException("no commit");
        })).hasMessage("no commit");
        assertThat(claim()).isEmpty();
    }

    @Test
    void aThousandJobsEndAtOnceWithTheirCallbacks() {
        var jobs = IntStream.range(0, 1_000).mapToObj(i -> submit("https://h" + i + ".example/")).toList();
        end(jobs);
        assertThat(claim(2_000)).extracting(Delivery::jobId).containsExactlyInAnyOrderElementsOf(jobs);
    }

    @Test
    void manyClaimersNeverGetTheSameDelivery() throws Exception {
        end(IntStream.range(0, 200).mapToObj(i -> submit("https://h" + i % 100 + ".example/")).toList());
        var claimed = new ArrayList<UUID>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var claimers = IntStream.range(0, 8).<Callable<List<Delivery>>>mapToObj(i -> () -> {
                var mine = new ArrayList<Delivery>();
                for (int round = 0; round < 20; round++) {
                    mine.addAll(claim(8));
                }
                return mine;
            }).toList();
            for (var claimer : threads.invokeAll(claimers)) {
                claimer.get().forEach(delivery -> claimed.add(delivery.id()));
            }
        }
        claim(1_000).forEach(delivery -> claimed.add(delivery.id()));
        assertThat(claimed).doesNotHaveDuplicates().hasSize(200);
    }

    @Test
    void aDeadHostHidesNobodyElse() {
        end(IntStream.range(0, 500).mapToObj(i -> submit("https://dead.example/" + i)).toList());
        var alive = submit("https://alive.example/");
        end(List.of(alive));

        assertThat(claim()).extracting(Delivery::host).containsOnlyOnce("alive.example").hasSize(PER_HOST + 1);
        assertThat(claim(32, Map.of("dead.example", 3))).hasSize(1);
        assertThat(claim(32, Map.of("dead.example", 9))).isEmpty();
    }

    @Test
    void aClaimWhoseLeasePassedIsMadeAgainAndTheLateResultRefused() {
        var job = submit("https://a.example/");
        end(List.of(job));
        var paused = claim().getFirst();
        assertThat(claim()).isEmpty();
        passTime(job);

        var again = claim().getFirst();
        assertThat(again.id()).isEqualTo(paused.id());
        assertThat(again.attempt()).isEqualTo(2);
        assertThat(settle(paused, new Result.Delivered(200))).isFalse();
        assertThat(callback(job).state()).isEqualTo(State.PENDING);
        assertThat(settle(again, new Result.Delivered(200))).isTrue();
        assertThat(callback(job).state()).isEqualTo(State.DELIVERED);
    }

    @Test
    void resultsAreWrittenDown() {
        var job = submit("https://a.example/");
        end(List.of(job));

        settle(claim().getFirst(), new Result.Again(Duration.ofMinutes(1), 503, "x".repeat(600)));
        assertThat(callback(job)).satisfies(callback -> {
            assertThat(callback.state()).isEqualTo(State.PENDING);
            assertThat(callback.lastStatus()).isEqualTo(503);
            assertThat(callback.lastError()).hasSize(500);
            assertThat(callback.nextAttemptAt()).isNotNull();
        });
        assertThat(claim()).isEmpty();

        passTime(job);
        settle(claim().getFirst(), new Result.GaveUp(null, "refused"));
        assertThat(callback(job).state()).isEqualTo(State.GAVE_UP);
        assertThat(callback(job).lastStatus()).isNull();
        assertThat(callback(job).nextAttemptAt()).isNull();
        passTime(job);
        assertThat(claim()).isEmpty();
    }

    @Test
    void aJobThatEndsAgainIsToldAgainUnderANewDeliveryId() {
        var job = submit("https://a.example/");
        end(List.of(job));
        var first = claim().getFirst();
        db.inTransaction(tx -> Callbacks.rearm(tx, List.of(job)));
        dispatch(job);
        assertThat(callback(job).state()).isEqualTo(State.WAITING);
        assertThat(settle(first, new Result.Delivered(200))).as("of its former end").isFalse();

        end(List.of(job));
        var second = claim().getFirst();
        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(second.attempt()).isOne();
        assertThat(settle(first, new Result.Delivered(200))).isFalse();
    }

    @Test
    void aNewRoundBeginsUnlessTheJobLivesOrACallIsUnderWay() {
        var job = submit("https://a.example/");
        assertThat(beginRound(job)).as("the job lives").isFalse();
        end(List.of(job));
        var delivery = claim().getFirst();
        assertThat(beginRound(job)).as("a call is under way").isFalse();
        settle(delivery, new Result.GaveUp(410, "gone"));

        assertThat(beginRound(job)).isTrue();
        var again = claim().getFirst();
        assertThat(again.id()).isEqualTo(delivery.id());
        assertThat(List.of(again.attempt(), again.roundAttempt())).containsExactly(2, 1);
        settle(again, new Result.Delivered(200));
        assertThat(beginRound(job)).as("whoever lost it may have it again").isTrue();
        assertThat(callback(job).state()).isEqualTo(State.PENDING);
    }

    @Test
    void othersSeeNothingAndChangeNothing() {
        var job = submit("https://a.example/");
        end(List.of(job));
        var stranger = UUID.randomUUID();
        assertThat(find(stranger, job)).isEmpty();
        assertThat(beginRound(stranger, job)).isFalse();
    }

    private UUID submit(String url) {
        var job = UUID.randomUUID();
        db.inTransaction(tx -> Callbacks.register(tx, List.of(new Callbacks.Wanted(job, WORKSPACE, url))));
        dispatch(job);
        return job;
    }

    private void dispatch(UUID job) {
        db.autocommit(handle -> handle.createUpdate("""
                insert into job_dispatch (job_id, workspace_id, lane_id, priority, tries_left)
                values (:id, :workspaceId, 1, 1, 3)""").bind("id", job).bind("workspaceId", WORKSPACE).execute());
    }

    private void end(Collection<UUID> jobs) {
        db.autocommit(handle -> handle.createUpdate("delete from job_dispatch where job_id = any(:ids)")
                .bindArray("ids", UUID.class, jobs).execute());
    }

    private void passTime(UUID job) {
        db.autocommit(handle -> handle.createUpdate(
                "update job_callback set due_at = now() - interval '1 s' where job_id = :id and due_at is not null")
                .bind("id", job).execute());
    }

    private List<Delivery> claim() {
        return claim(32);
    }

    private List<Delivery> claim(int wanted) {
        return claim(wanted, Map.of());
    }

    private List<Delivery> claim(int wanted, Map<String, Integer> underWay) {
        return db.autocommit(handle -> CallbackStore.claim(handle, wanted, PER_HOST, underWay, LEASE));
    }

    private boolean settle(Delivery delivery, Result result) {
        return db.autocommit(handle -> CallbackStore.settle(handle, delivery, result));
    }

    private boolean beginRound(UUID job) {
        return beginRound(WORKSPACE, job);
    }

    private boolean beginRound(UUID workspace, UUID job) {
        return db.transaction(tx -> CallbackStore.beginRound(tx, workspace, job));
    }

    private Callback callback(UUID job) {
        return find(WORKSPACE, job).orElseThrow();
    }

    private Optional<Callback> find(UUID workspace, UUID job) {
        return db.autocommit(handle -> CallbackStore.find(handle, workspace, job));
    }
}
