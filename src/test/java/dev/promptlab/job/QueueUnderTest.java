package dev.promptlab.job;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.promptlab.db.Database;
import dev.promptlab.db.Ids;
import dev.promptlab.job.QueueModel.Input;
import dev.promptlab.job.QueueModel.Item;
import dev.promptlab.job.QueueModel.Spec;
import dev.promptlab.job.QueueModel.State;
import dev.promptlab.job.QueueStore.ClaimRules;
import dev.promptlab.job.QueueStore.Hold;
import dev.promptlab.job.QueueStore.Settlement;
import dev.promptlab.testing.QueueInvariants;
import dev.promptlab.testing.QueueInvariants.Row;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/// The real queue and the model of it, side by side: does everything to both and compares what they answer.
final class QueueUnderTest implements AutoCloseable {
    static final int LANES = 3;
    static final int DEFAULT_CAP = 2;

    private static final Duration LEASE = Duration.ofHours(1);
    /// Never over by itself: only [#passWait] makes a delayed job due.
    private static final RetryPolicy POLICY = new RetryPolicy(List.of(Duration.ofHours(2)));
    private static final long LATER = Duration.ofHours(2).toMillis();

    private final Database db;
    private final QueueStore queue;
    private final Submitter submitter;
    private final QueueInvariants tables;
    private final List<Integer> lanes;
    private final List<UUID> workspaces = List.of(UUID.randomUUID(), UUID.randomUUID());
    private final List<ClaimedJob> claims = new ArrayList<>();
    private QueueModel model = new QueueModel();

    QueueUnderTest(Database db) {
        this.db = db;
        this.queue = new QueueStore(db);
        this.submitter = new Submitter(db, Signals.create());
        this.tables = new QueueInvariants(db);
        var store = new LaneStore(db);
        this.lanes = IntStream.range(0, LANES)
                .mapToObj(i -> store.id(new LaneStore.Lane("mock", "mock:", "server", "model-" + i))).toList();
    }

    void reset() {
        tables.clear();
        claims.clear();
        model = new QueueModel();
        IntStream.range(0, LANES).forEach(lane -> setLane(lane, false, DEFAULT_CAP));
    }

    void setLane(int lane, boolean paused, int cap) {
        int id = lanes.get(lane);
        db.inTransaction(tx -> LaneStore.update(tx, id, paused, cap));
        model.caps.put(id, cap);
        model.paused.remove(id);
        if (paused) {
            model.paused.add(id);
        }
    }

    void submit(int workspace, int input, int lane, Priority priority, int maxAttempts, boolean later,
            boolean fresh) {
        var spec = new Spec(new Input(workspaces.get(workspace), "input " + input), lanes.get(lane), priority,
                maxAttempts, later ? LATER : null, null);
        var job = newJob(spec);
        var expected = model.submit(job.id(), spec, fresh);

        var answer = db.transaction(tx -> submitter.submit(tx, job, fresh ? new Reuse(true, null) : Reuse.ANY));

        assertThat(answer.jobId()).isEqualTo(expected.id);
        assertThat(answer.created()).isEqualTo(expected.id.equals(job.id()));
        assertThat(answer.status()).isEqualTo(shown(expected.state));
    }

    private static JobStatus shown(State state) {
        return switch (state) {
            case READY, DELAYED -> JobStatus.QUEUED;
            case RUNNING -> JobStatus.RUNNING;
            case COMPLETED -> JobStatus.COMPLETED;
            case FAILED -> JobStatus.FAILED;
            case CANCELLED -> JobStatus.CANCELLED;
        };
    }

    private static NewJob newJob(Spec spec) {
        var hash = InputHash.of(Json.object().put("workspace", spec.input().workspaceId().toString()).put("input",
                spec.input().text()));
        var runAt = spec.runAt() == null ? null : Instant.now().plusMillis(spec.runAt());
        return new NewJob(Ids.next(), spec.input().workspaceId(), NewJob.Kind.GENERATION, hash, spec.lane(),
                spec.priority(), null, "mock",
                "echo", "{}", "{}", "[]", "{}", spec.maxAttempts(), runAt, null, QueueModel.INPUT_TOKENS,
                QueueModel.INPUT_COST, null, null);
    }

    /// Which of the jobs that may be taken are taken is for the queue to say; how many and in what order is checked.
    void claim(String worker, int wanted) {
        var before = ready();
        var free = lanes.stream().collect(Collectors.toMap(lane -> lane, model::free));

        var claimed = queue.claim(new ClaimRules(worker, LEASE, 0), wanted);

        var taken = claimed.stream().map(job -> model.require(job.jobId())).toList();
        assertThat(taken).doesNotHaveDuplicates().isSubsetOf(before);
        assertThat(taken.size()).as("wanted").isLessThanOrEqualTo(wanted);
        lanes.forEach(lane -> checkShare(lane, free.getOrDefault(lane, 0), wanted, before, taken));
        before.stream().collect(Collectors.groupingBy(item -> List.of(item.spec.lane(), item.spec.priority(),
                item.spec.input().workspaceId()))).values().forEach(line -> checkFirstInFirstOut(line, taken));
        claimed.forEach(job -> assertClaim(job, model.take(model.require(job.jobId()), LEASE)));
        claims.addAll(claimed);
    }

    private List<Item> ready() {
        return model.in(State.READY);
    }

    /// A lane gets at most what is free and at least its even share of what is wanted.
    private void checkShare(int lane, int free, int wanted, List<Item> before, List<Item> taken) {
        long waiting = before.stream().filter(item -> item.spec.lane() == lane).count();
        long got = taken.stream().filter(item -> item.spec.lane() == lane).count();
        assertThat(got).as("free slots of lane %d", lane).isLessThanOrEqualTo(free);
        assertThat(got).as("share of lane %d", lane)
                .isGreaterThanOrEqualTo(Math.min(Math.min(free, waiting), wanted / LANES));
    }

    private static void checkFirstInFirstOut(List<Item> line, List<Item> taken) {
        ToLongFunction<Item> place = item -> item.place;
        var last = line.stream().filter(taken::contains).mapToLong(place).max();
        var first = line.stream().filter(item -> !taken.contains(item)).mapToLong(place).min();
        if (last.isPresent() && first.isPresent()) {
            assertThat(last.getAsLong()).as("first in, first out").isLessThanOrEqualTo(first.getAsLong());
        }
    }

    private static void assertClaim(ClaimedJob got, ClaimedJob expected) {
        assertThat(got.hold()).isEqualTo(expected.hold());
        assertThat(got.attempt()).isEqualTo(expected.attempt());
        assertThat(got.triesLeft()).isEqualTo(expected.triesLeft());
        assertThat(got.throttled()).isEqualTo(expected.throttled());
        assertThat(got.maxAttempts()).isEqualTo(expected.maxAttempts());
        assertThat(got.timeLeft() == null).as("no deadline").isEqualTo(expected.timeLeft() == null);
    }

    /// @param back which of all claims so far, the latest is 0
    Optional<ClaimedJob> claimed(int back) {
        return claims.isEmpty() ? Optional.empty() : Optional.of(claims.get(claims.size() - 1 - back % claims.size()));
    }

    /// @param shift 0 = with the epoch of the claim
    void settle(ClaimedJob job, int shift, Reply reply) {
        var hold = new Hold(job.jobId(), job.epoch() + shift);
        var outcome = reply.outcome(job, POLICY);

        var applied = db.transaction(tx -> queue.settle(tx, List.of(new Settlement(hold, outcome))));

        assertThat(applied.contains(job.jobId())).as("accepted").isEqualTo(model.settle(hold, outcome));
    }

    void heartbeat(Collection<ClaimedJob> jobs) {
        var holds = jobs.stream().map(ClaimedJob::hold).distinct().toList();
        var expected = holds.stream().filter(hold -> isHeld(hold))
                .collect(Collectors.toMap(Hold::jobId, hold -> model.require(hold.jobId()).cancel));
        assertThat(queue.heartbeat(holds, LEASE)).isEqualTo(expected);
        assertThat(model.heartbeat(holds, LEASE)).isEqualTo(expected);
    }

    private boolean isHeld(Hold hold) {
        var item = model.items.get(hold.jobId());
        return item != null && model.isHeld(item, hold);
    }

    void release(ClaimedJob job, int shift) {
        var hold = new Hold(job.jobId(), job.epoch() + shift);
        queue.release(List.of(hold));
        model.release(hold);
    }

    /// As long as the job exists.
    ///
    /// @param back which of all jobs, the latest is 0
    Optional<UUID> job(int back) {
        var ids = List.copyOf(model.items.keySet());
        return ids.isEmpty() ? Optional.empty() : Optional.of(ids.get(ids.size() - 1 - back % ids.size()));
    }

    void passLease(UUID id) {
        change("update job_dispatch set lease_until = now() - interval '1 s' where job_id = ? and state = 1", id);
        model.require(id).leaseUntil = -1;
    }

    void passWait(UUID id) {
        change("update job_dispatch set run_at = now() where job_id = ? and state = 2", id);
        model.require(id).runAt = 0;
    }

    void passDeadline(UUID id) {
        change("update job_dispatch set expires_at = now() - interval '1 s' where job_id = ?", id);
        model.require(id).expiresAt = model.require(id).state.isLive() ? Long.valueOf(-1) : null;
    }

    private void change(String sql, UUID id) {
        db.inTransaction(tx -> tx.execute(sql, id));
    }

    void sweep() {
        var settled = db.transaction(tx -> {
            var decided = queue.lockExpired(tx, 100).stream()
                    .map(late -> new Settlement(late.hold(), POLICY.afterLostLease(late))).toList();
            assertThat(queue.settle(tx, decided)).hasSize(decided.size());
            return decided.stream().map(Settlement::hold).collect(Collectors.toSet());
        });
        var expected = model.expired();
        expected.forEach(late -> model.settle(late.hold(), POLICY.afterLostLease(late)));
        assertThat(settled).isEqualTo(expected.stream().map(QueueStore.Expired::hold).collect(Collectors.toSet()));
    }

    void expire() {
        List<UUID> expired = db.transaction(tx -> CancelStore.expire(tx, 100));
        assertThat(expired).containsExactlyInAnyOrderElementsOf(model.expire());
    }

    void promote() {
        assertThat(queue.promote(100)).isEqualTo(model.promote());
    }

    void cancel(UUID id) {
        var workspace = model.require(id).spec.input().workspaceId();
        boolean wasLive = db.transaction(tx -> CancelStore.cancel(tx, workspace, id).isPresent());
        assertThat(wasLive).isEqualTo(model.cancel(id));
    }

    void retry(UUID id) {
        requeue(model.require(id).spec.input().workspaceId(), List.of(id), null);
    }

    /// @param slowly one after the other, all but the first much later
    void redrive(int workspace, boolean slowly) {
        var space = workspaces.get(workspace);
        var failed = db.transaction(tx -> DeadLetterStore.lock(tx, space, DeadLetterFilter.ALL));
        assertThat(failed).containsExactlyElementsOf(model.in(State.FAILED).stream()
                .filter(item -> item.spec.input().workspaceId().equals(space)).map(item -> item.id).sorted().toList());
        requeue(space, failed, slowly ? 1e-4 : null);
    }

    /// Of several jobs with one input any one may be taken.
    private void requeue(UUID workspace, List<UUID> ids, @Nullable Double perSecond) {
        Set<Input> expected = ids.stream().map(model::require).filter(model::mayBeRequeued)
                .map(item -> item.spec.input())
                .collect(Collectors.toSet());

        var queued = db.transaction(tx -> DeadLetterStore.requeue(tx, workspace, ids, perSecond));

        assertThat(queued).hasSize(expected.size());
        var after = Duration.ZERO;
        for (var id : queued.stream().sorted().toList()) {
            assertThat(expected.remove(model.require(id).spec.input())).as("the input had no job").isTrue();
            assertThat(model.requeue(model.require(id), after)).isTrue();
            after = perSecond == null ? Duration.ZERO : Duration.ofHours(2);
        }
    }

    void purge(int workspace) {
        var space = workspaces.get(workspace);
        db.inTransaction(tx -> DeadLetterStore.purge(tx, space, DeadLetterStore.lock(tx, space, DeadLetterFilter.ALL)));
        model.items.values().removeIf(
                item -> item.state == State.FAILED && item.spec.input().workspaceId().equals(space));
    }

    /// Everything that the two may disagree on.
    void compare() {
        var rows = new TreeMap<UUID, Row>();
        tables.rows().forEach(row -> rows.put(row.id(), row));
        var expected = new TreeMap<UUID, Row>();
        model.items.values().forEach(item -> expected.put(item.id, row(item)));
        assertThat(rows).isEqualTo(expected);
        assertThat(new HashSet<>(model.keys.values())).as("holders of keys are live or completed")
                .allMatch(id -> model.require(id).state.isLive() || model.require(id).state == State.COMPLETED);
    }

    private Row row(Item item) {
        boolean live = item.state.isLive();
        var log = item.log.stream().map(entry -> entry.attempt() + "/" + entry.epoch() + "/" + entry.word()).toList();
        return new Row(item.id, item.state.name().toLowerCase(Locale.ROOT), item.attempt, item.epoch,
                live ? item.triesLeft : null, live ? item.throttled : null, live && item.cancel, live,
                item.id.equals(model.keys.get(item.spec.input())), log);
    }

    @Override
    public void close() {
        submitter.close();
    }
}
