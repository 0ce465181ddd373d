package dev.promptlab.job;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

import dev.promptlab.job.QueueModel.Entry;
import dev.promptlab.job.QueueModel.Item;
import dev.promptlab.job.QueueModel.State;
import dev.promptlab.job.QueueStore.Hold;
import dev.promptlab.job.Simulation.Violation;

/// What must hold at every moment of a [Simulation], kept apart from what the store itself thinks.
final class SimulationRules {
    private final QueueModel store;
    private final Map<UUID, Hold> holders = new HashMap<>();
    private final Set<Hold> calls = new HashSet<>();
    private final Map<UUID, Glance> seen = new HashMap<>();

    /// What changes whenever a job does.
    private record Glance(State state, int attempt, int epoch, int lives, int ends, int logged) {
        static Glance at(Item item) {
            return new Glance(item.state, item.attempt, item.epoch, item.lives, item.ends, item.log.size());
        }
    }

    SimulationRules(QueueModel store) {
        this.store = store;
    }

    /// Never two holders: the one before has settled, given back, or been taken back after its lease.
    void claimed(ClaimedJob job) {
        var before = holders.put(job.jobId(), job.hold());
        require(before == null, job.jobId(), "claimed while " + before + " has it");
    }

    void settled(Hold hold) {
        var holder = holders.remove(hold.jobId());
        require(hold.equals(holder), hold.jobId(), "settled by " + hold + " while it belongs to " + holder);
    }

    void requireLeaseOver(Hold hold) {
        require(store.require(hold.jobId()).leaseUntil < store.now, hold.jobId(),
                "taken back before its lease was over");
    }

    void paid(Hold hold) {
        require(calls.add(hold), hold.jobId(), "called twice in one attempt");
    }

    void check() {
        store.caps.forEach((lane, cap) -> {
            if (store.running(lane) > cap) {
                throw new Violation("lane " + lane + " runs " + store.running(lane));
            }
        });
        store.keys.values().forEach(id -> require(isLiveOrCompleted(store.require(id)), id, "has a key that is free"));
        store.items.values().forEach(this::check);
    }

    private void check(Item item) {
        require(!isLiveOrCompleted(item) || item.id.equals(store.keys.get(item.spec.input())), item.id,
                "does not have its key");
        var now = Glance.at(item);
        var before = seen.put(item.id, now);
        if (now.equals(before)) {
            return;
        }
        require(before == null || before.state().isLive() || item.lives > before.lives(), item.id,
                "changed after its end");
        require(item.ends == item.lives - (item.state.isLive() ? 1 : 0), item.id,
                "ended " + item.ends + " times in " + item.lives + " lives");
        checkLog(item);
        require(item.state != State.COMPLETED || (item.id + " epoch " + item.epoch).equals(item.output), item.id,
                "has the output of another claim: " + item.output);
    }

    private static void checkLog(Item item) {
        int logged = item.attempt - (item.state == State.RUNNING ? 1 : 0);
        require(item.log.size() == logged, item.id, "made " + logged + " attempts, logged " + item.log.size());
        for (int i = 0; i < item.log.size(); i++) {
            require(item.log.get(i).attempt() == i + 1, item.id, "has gaps in its log: " + item.log);
        }
        var epochs = item.log.stream().map(Entry::epoch).collect(Collectors.toSet());
        require(epochs.size() == item.log.size(), item.id, "logged one claim twice: " + item.log);
        long used = item.log.stream().filter(Entry::usedTry).count();
        require(used <= (long) item.lives * item.spec.maxAttempts(), item.id, "used " + used + " tries");
    }

    private static boolean isLiveOrCompleted(Item item) {
        return item.state.isLive() || item.state == State.COMPLETED;
    }

    /// After lease and sweep, whatever runs is in work somewhere.
    void requireNoOrphans(List<SimulatedProcess> processes) {
        for (var item : store.in(State.RUNNING)) {
            var hold = new Hold(item.id, item.epoch);
            require(processes.stream().anyMatch(process -> process.works(hold)), item.id,
                    "is stuck: nobody works on it");
        }
    }

    /// Every job has ended, and every call that may be billed is in a log.
    void requireAllEnded() {
        store.items.values().forEach(item -> require(!item.state.isLive(), item.id, "never ends: " + item.state));
        for (var call : calls) {
            require(store.require(call.jobId()).log.stream().anyMatch(entry -> entry.epoch() == call.epoch()),
                    call.jobId(), "has no log entry of the call in epoch " + call.epoch());
        }
    }

    private static void require(boolean holds, UUID job, String what) {
        if (!holds) {
            throw new Violation("job " + job.getLeastSignificantBits() + " " + what);
        }
    }
}
