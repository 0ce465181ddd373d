package dev.promptlab.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;

import dev.promptlab.job.QueueModel.Input;
import dev.promptlab.job.QueueModel.Item;
import dev.promptlab.job.QueueModel.Spec;
import dev.promptlab.job.QueueModel.State;
import dev.promptlab.job.QueueStore.Hold;

/// Some processes that work one queue for minutes of simulated time, with everything that may go wrong, decided by a seed: the
/// same seed is the same run. One thread; time jumps from event to event.
final class Simulation {
    static final Duration LEASE = Duration.ofSeconds(30);
    static final Duration HEARTBEAT = LEASE.dividedBy(3);
    static final Duration SWEEP = LEASE.dividedBy(6);
    static final Duration POLL = Duration.ofSeconds(1);

    private static final int PROCESSES = 3;
    private static final int LANES = 2;
    private static final int INPUTS = 12;
    private static final Duration TROUBLE = Duration.ofMinutes(4);
    private static final Duration AFTERMATH = Duration.ofHours(2);

    /// What went wrong, to be counted: a run that nothing happens in proves nothing.
    enum Fault {
        PAUSED, CRASHED, STOPPED, CLOCK_JUMPED, DATABASE_AWAY, REQUEST_LOST, ANSWER_LOST, LATE_RESULT_REFUSED, CALL_CUT,

        TAKEN_BACK, CANCELLED,
        REQUEUED, PROVIDER_FAILED
    }

    /// The way to the database broke before or after the work was done.
    static final class Away extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /// A breach of a promise.
    static final class Violation extends AssertionError {
        private static final long serialVersionUID = 1;

        Violation(String message) {
            super(message);
        }
    }

    /// @param number order of events at the same time
    /// @param process null = of the world
    private record Event(long at, long number, Optional<SimulatedProcess> process, Runnable action) {}

    final Random random;
    final QueueModel store;
    final RetryPolicy policy;
    final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
    final List<String> trace = new ArrayList<>();
    private final SimulationRules rules;
    private final PriorityQueue<Event> events = new PriorityQueue<>(
            Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
    private final List<SimulatedProcess> processes = new ArrayList<>();
    private long number;
    private long ids;
    private long awayUntil;
    private boolean calm;

    Simulation(long seed, QueueModel store) {
        this.random = new Random(seed);
        this.store = store;
        this.policy = new RetryPolicy(List.of(Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(10)),
                () -> 0.8 + 0.4 * random.nextDouble());
        this.rules = new SimulationRules(store);
    }

    /// @throws Violation of the first promise that does not hold
    void run() {
        for (int lane = 0; lane < LANES; lane++) {
            store.caps.put(lane, 1 + random.nextInt(4));
        }
        for (int i = 0; i < PROCESSES; i++) {
            startProcess();
        }
        later(Duration.ZERO, this::somebodyActs);
        later(Duration.ofSeconds(1), this::somethingBreaks);
        runUntil(TROUBLE);
        calmDown();
        runUntil(TROUBLE.plus(LEASE).plus(SWEEP.multipliedBy(2)));
        rules.requireNoOrphans(processes);
        while (store.items.values().stream().anyMatch(item -> item.state.isLive())
                && store.now < TROUBLE.plus(AFTERMATH).toMillis()) {
            run(events.remove());
        }
        rules.requireAllEnded();
    }

    private void runUntil(Duration time) {
        while (!events.isEmpty() && events.peek().at() <= time.toMillis()) {
            run(events.remove());
        }
        store.now = time.toMillis();
    }

    private void run(Event event) {
        store.now = event.at();
        var process = event.process();
        if (process.isPresent() && process.get().isGone()) {
            return;
        }
        if (process.isPresent() && process.get().pausedUntil() > store.now) {
            add(process.get().pausedUntil(), process, event.action());
            return;
        }
        store.callerSkew = process.map(SimulatedProcess::skew).orElse(0L);
        event.action().run();
        rules.check();
    }

    private void add(long at, Optional<SimulatedProcess> process, Runnable action) {
        events.add(new Event(at, number++, process, action));
    }

    private void later(Duration delay, Runnable action) {
        add(store.now + delay.toMillis(), Optional.empty(), action);
    }

    /// Runs when the process does.
    void later(SimulatedProcess process, Duration delay, Runnable action) {
        add(store.now + delay.toMillis(), Optional.of(process), action);
    }

    void note(Fault fault) {
        faults.merge(fault, 1, Integer::sum);
    }

    void say(String what) {
        trace.add(store.now + " ms: " + what);
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    Duration between(long leastMillis, long mostMillis) {
        return Duration.ofMillis(leastMillis + (long) (random.nextDouble() * (mostMillis - leastMillis)));
    }

    private <T> T pick(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }

    /// Does something in one transaction, unless the way to the database breaks: then it may have happened or not.
    <T> T transaction(Supplier<T> work) {
        if (store.now < awayUntil || (!calm && chance(0.02))) {
            note(Fault.REQUEST_LOST);
            throw new Away();
        }
        var answer = work.get();
        if (!calm && chance(0.02)) {
            note(Fault.ANSWER_LOST);
            throw new Away();
        }
        return answer;
    }

    List<ClaimedJob> claim(int wanted) {
        var claimed = new ArrayList<ClaimedJob>();
        for (var next = store.next(); next.isPresent() && claimed.size() < wanted; next = store.next()) {
            var job = store.take(next.get(), LEASE);
            rules.claimed(job);
            claimed.add(job);
        }
        return claimed;
    }

    boolean settle(Hold hold, Outcome outcome) {
        boolean applied = store.settle(hold, outcome);
        if (applied) {
            rules.settled(hold);
        }
        return applied;
    }

    int takeBack() {
        var expired = store.expired();
        for (var late : expired) {
            rules.requireLeaseOver(late.hold());
            settle(late.hold(), policy.afterLostLease(late));
            note(Fault.TAKEN_BACK);
            say("taken back: " + name(late.hold()));
        }
        return expired.size();
    }

    void release(Hold hold) {
        if (store.release(hold)) {
            rules.settled(hold);
        }
    }

    /// A call goes out: from now on it may be billed.
    void paid(ClaimedJob job) {
        rules.paid(job.hold());
    }

    static String name(Hold hold) {
        return "job " + hold.jobId().getLeastSignificantBits() + " epoch " + hold.epoch();
    }

    // ---- people

    private void somebodyActs() {
        if (calm) {
            return;
        }
        switch (random.nextInt(10)) {
            case 0 -> any(State::isLive).ifPresent(this::cancel);
            case 1 -> any(state -> state == State.FAILED || state == State.CANCELLED).ifPresent(this::retry);
            default -> submit();
        }
        later(between(100, 12_000), this::somebodyActs);
    }

    private Optional<Item> any(Predicate<State> wanted) {
        var some = store.items.values().stream().filter(item -> wanted.test(item.state)).toList();
        return some.isEmpty() ? Optional.empty() : Optional.of(pick(some));
    }

    private void submit() {
        var input = new Input(new UUID(0, 0), "input " + random.nextInt(INPUTS));
        var expiresAt = chance(0.1) ? store.now + random.nextInt(60_000) : null;
        var runAt = chance(0.1) ? store.now + random.nextInt(20_000) : null;
        var spec = new Spec(input, random.nextInt(LANES), pick(List.of(Priority.values())), 1 + random.nextInt(3),
                runAt, expiresAt);
        var item = store.submit(new UUID(0, ++ids), spec, false);
        say("submit " + input.text() + ": job " + item.id.getLeastSignificantBits());
    }

    private void cancel(Item item) {
        store.cancel(item.id);
        note(Fault.CANCELLED);
        say("cancel job " + item.id.getLeastSignificantBits());
        processes.forEach(process -> process.hearOfCancel(between(0, 50)));
    }

    private void retry(Item item) {
        if (store.requeue(item, Duration.ZERO)) {
            note(Fault.REQUEUED);
            say("retry job " + item.id.getLeastSignificantBits());
        }
    }

    // ---- trouble

    private void somethingBreaks() {
        if (calm) {
            return;
        }
        var process = pick(processes);
        switch (random.nextInt(5)) {
            case 4 -> {
                awayUntil = store.now + between(500, 45_000).toMillis();
                note(Fault.DATABASE_AWAY);
                say("the database is away until " + awayUntil);
            }
            case 0 -> {
                process.pause(between(500, 4 * LEASE.toMillis()));
                note(Fault.PAUSED);
            }
            case 1 -> {
                process.crash();
                note(Fault.CRASHED);
                later(between(0, 20_000), this::startProcess);
            }
            case 2 -> {
                process.stop();
                note(Fault.STOPPED);
                later(between(0, 20_000), this::startProcess);
            }
            default -> {
                process.jumpClock(random.nextLong(-3_600_000, 3_600_000));
                note(Fault.CLOCK_JUMPED);
            }
        }
        processes.removeIf(SimulatedProcess::isGone);
        if (processes.isEmpty()) {
            startProcess();
        }
        later(between(1_000, 30_000), this::somethingBreaks);
    }

    private void startProcess() {
        var process = new SimulatedProcess(this, "process " + number, 1 + random.nextInt(5));
        processes.add(process);
        process.start();
    }

    private void calmDown() {
        calm = true;
        awayUntil = 0;
        startProcess();
        say("calm");
    }

    // ---- the provider

    Reply providerReply() {
        if (calm || chance(0.6)) {
            return Reply.ANSWER;
        }
        note(Fault.PROVIDER_FAILED);
        return pick(List.of(Reply.DOWN, Reply.TIMEOUT, Reply.LIMITED, Reply.ASKED_TO_WAIT, Reply.MALFORMED,
                Reply.REFUSED));
    }

    Duration latency() {
        return chance(0.7) ? between(50, 3_000) : between(3_000, 90_000);
    }

}
