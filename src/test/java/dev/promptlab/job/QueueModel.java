package dev.promptlab.job;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

import dev.promptlab.job.QueueStore.Expired;
import dev.promptlab.job.QueueStore.Hold;
import org.jspecify.annotations.Nullable;

/// The queue as `docs/job-lifecycle.md` describes it, in memory and as plain as possible. [QueueModelTest] holds the SQL
/// against it; [QueueSimulationTest] runs workers on it. What a subclass may override is what it may get wrong.
class QueueModel {
    static final long INPUT_TOKENS = 7;
    static final BigDecimal INPUT_COST = new BigDecimal("0.5");

    enum State {
        READY, RUNNING, DELAYED, COMPLETED, FAILED, CANCELLED;

        boolean isLive() {
            return compareTo(DELAYED) <= 0;
        }
    }

    /// One line of a job's attempt log.
    record Entry(int attempt, int epoch, String word, boolean usedTry) {}

    /// What makes two submits the same work.
    record Input(UUID workspaceId, String text) {}

    /// @param runAt null = at once
    /// @param expiresAt null = never
    record Spec(Input input, int lane, Priority priority, int maxAttempts, @Nullable Long runAt,
            @Nullable Long expiresAt) {}

    /// One job.
    static final class Item {
        final UUID id;
        final Spec spec;
        State state = State.READY;
        int attempt;
        int epoch;
        int triesLeft;
        int throttled;
        boolean cancel;
        /// Its turn among jobs of the same lane, priority and workspace; equal = any order.
        long place;
        long leaseUntil;
        long runAt;
        @Nullable
        Long expiresAt;
        @Nullable
        String output;
        /// How often it was submitted, retried or redriven, and how often it ended.
        int lives = 1;
        int ends;
        final List<Entry> log = new ArrayList<>();

        private Item(UUID id, Spec spec) {
            this.id = id;
            this.spec = spec;
            this.triesLeft = spec.maxAttempts();
            this.expiresAt = spec.expiresAt();
        }

        boolean isExpiredAt(long now) {
            return expiresAt != null && expiresAt < now;
        }
    }

    final Map<UUID, Item> items = new LinkedHashMap<>();
    final Map<Input, UUID> keys = new HashMap<>();
    final Map<Integer, Integer> caps = new HashMap<>();
    final Set<Integer> paused = new HashSet<>();
    /// The database's clock, in ms.
    long now;
    /// What the clock of the calling process is off by, in ms. Nothing may depend on it.
    long callerSkew;
    private long places;

    /// @return the job that does this work: the one with `id` when it is new
    Item submit(UUID id, Spec spec, boolean fresh) {
        var holder = keys.get(spec.input());
        if (holder != null && !fresh) {
            return require(holder);
        }
        var item = new Item(id, spec);
        item.place = places++;
        if (spec.runAt() != null && spec.runAt() > now) {
            item.state = State.DELAYED;
            item.runAt = spec.runAt();
        }
        items.put(id, item);
        keys.put(spec.input(), id);
        return item;
    }

    Item require(UUID id) {
        return Optional.ofNullable(items.get(id)).orElseThrow();
    }

    List<Item> in(State state) {
        return items.values().stream().filter(item -> item.state == state).toList();
    }

    int running(int lane) {
        return (int) in(State.RUNNING).stream().filter(item -> item.spec.lane() == lane).count();
    }

    /// Slots of a lane that may be filled now.
    int free(int lane) {
        return paused.contains(lane) ? 0 : Math.max(0, caps.getOrDefault(lane, 0) - running(lane));
    }

    /// Which job a claim takes next: by priority, then first come, first served.
    Optional<Item> next() {
        var open = caps.keySet().stream().filter(lane -> free(lane) > 0).collect(Collectors.toSet());
        return in(State.READY).stream().filter(item -> open.contains(item.spec.lane()))
                .min(Comparator.comparing((Item item) -> item.spec.priority()).thenComparingLong(item -> item.place));
    }

    /// Gives a ready job to a worker.
    ClaimedJob take(Item item, Duration lease) {
        item.state = State.RUNNING;
        item.attempt++;
        item.epoch++;
        item.leaseUntil = now + lease.toMillis();
        var timeLeft = item.expiresAt == null ? null : Duration.ofMillis(item.expiresAt - now);
        return new ClaimedJob(item.id, item.spec.input().workspaceId(),
                new ClaimedJob.Lane(item.spec.lane(), 0, false, false), "mock", "echo", "[]", "{}",
                item.attempt, item.spec.maxAttempts(), item.triesLeft, item.throttled, item.epoch, timeLeft,
                INPUT_TOKENS, INPUT_COST);
    }

    /// Whether `hold` is the present holder of `item`.
    boolean isHeld(Item item, Hold hold) {
        return item.state == State.RUNNING && item.epoch == hold.epoch();
    }

    private Optional<Item> held(Hold hold) {
        return Optional.ofNullable(items.get(hold.jobId())).filter(item -> isHeld(item, hold));
    }

    /// @return those still held, and whether somebody asked to cancel each
    Map<UUID, Boolean> heartbeat(List<Hold> holds, Duration lease) {
        var held = new HashMap<UUID, Boolean>();
        for (var hold : holds) {
            held(hold).ifPresent(item -> {
                item.leaseUntil = now + lease.toMillis();
                held.put(item.id, item.cancel);
            });
        }
        return held;
    }

    /// @return whether `hold` was the holder
    boolean settle(Hold hold, Outcome outcome) {
        var item = held(hold);
        item.ifPresent(one -> apply(one, outcome));
        return item.isPresent();
    }

    private void apply(Item item, Outcome outcome) {
        switch (outcome) {
            case Outcome.End end -> end(item, end);
            case Outcome.Again again when item.cancel -> end(item, Outcome.End.cancelled(again.attempt()));
            case Outcome.Again again -> again(item, again);
        }
    }

    private void end(Item item, Outcome.End end) {
        log(item, end.attempt().word(), true);
        item.output = end.output();
        endAs(item, State.valueOf(end.status().name()));
    }

    private void again(Item item, Outcome.Again again) {
        log(item, again.attempt().word(), again.usesTry());
        item.state = State.DELAYED;
        item.runAt = now + again.after().toMillis();
        item.triesLeft -= again.usesTry() ? 1 : 0;
        item.throttled += again.throttled() ? 1 : 0;
    }

    void log(Item item, String word, boolean usedTry) {
        item.log.add(new Entry(item.attempt, item.epoch, word, usedTry));
    }

    private void endAs(Item item, State state) {
        item.state = state;
        item.cancel = false;
        item.ends++;
        if (state != State.COMPLETED) {
            freeKey(item);
        }
    }

    void freeKey(Item item) {
        keys.remove(item.spec.input(), item.id);
    }

    /// Gives back what was claimed and not started.
    ///
    /// @return whether `hold` was the holder
    boolean release(Hold hold) {
        var item = held(hold);
        item.ifPresent(one -> {
            one.attempt--;
            one.state = State.READY;
            if (one.cancel) {
                endAs(one, State.CANCELLED);
            }
        });
        return item.isPresent();
    }

    /// @return false when the job is not live
    boolean cancel(UUID id) {
        var item = require(id);
        if (!item.state.isLive()) {
            return false;
        }
        if (item.state == State.RUNNING) {
            item.cancel = true;
        } else {
            endAs(item, State.CANCELLED);
        }
        return true;
    }

    boolean leaseIsOver(Item item) {
        return item.leaseUntil < now;
    }

    /// Running jobs whose lease has passed.
    List<Expired> expired() {
        return in(State.RUNNING).stream().filter(this::leaseIsOver)
                .map(item -> new Expired(new Hold(item.id, item.epoch), item.attempt, item.spec.maxAttempts(),
                        item.triesLeft, item.cancel, INPUT_TOKENS, INPUT_COST))
                .toList();
    }

    /// Ends waiting jobs whose time is over.
    List<UUID> expire() {
        var late = items.values().stream().filter(item -> item.state == State.READY || item.state == State.DELAYED)
                .filter(item -> item.isExpiredAt(now)).toList();
        late.forEach(item -> endAs(item, State.FAILED));
        return late.stream().map(item -> item.id).toList();
    }

    /// Makes delayed jobs ready whose time has come.
    int promote() {
        var due = in(State.DELAYED).stream().filter(item -> item.runAt <= now).toList();
        due.forEach(item -> item.state = State.READY);
        due.forEach(item -> item.place = places);
        places++;
        return due.size();
    }

    boolean mayBeRequeued(Item item) {
        return (item.state == State.FAILED || item.state == State.CANCELLED) && !keys.containsKey(item.spec.input());
    }

    /// Puts a failed or cancelled job back, unless a newer job has its input.
    ///
    /// @return whether it is queued again
    boolean requeue(Item item, Duration after) {
        if (!mayBeRequeued(item)) {
            return false;
        }
        keys.put(item.spec.input(), item.id);
        item.state = after.isZero() ? State.READY : State.DELAYED;
        item.runAt = now + after.toMillis();
        item.place = places++;
        item.triesLeft = item.spec.maxAttempts();
        item.throttled = 0;
        item.expiresAt = null;
        item.lives++;
        return true;
    }
}
