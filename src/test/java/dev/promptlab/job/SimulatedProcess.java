package dev.promptlab.job;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.promptlab.job.Simulation.Away;
import dev.promptlab.job.Simulation.Fault;
import org.jspecify.annotations.Nullable;

/// A worker process of a [Simulation]: [Dispatcher], [Worker] and [Leases] with events in place of threads, and the real
/// [Running], [RetryPolicy] and [Outcome]. Whatever it hears of the database or the provider, it hears in an event of its own,
/// so that a pause or a crash may come in between.
final class SimulatedProcess {
    private static final Duration SETTLE_PAUSE = Duration.ofMillis(250);
    private static final Duration HOP = Duration.ofMillis(1);
    private static final Duration DRAIN = Duration.ofSeconds(20);
    private static final Duration SETTLE_PATIENCE = Duration.ofSeconds(5);

    private final Simulation world;
    private final String name;
    private final int slots;
    private final Running running = new Running();
    private long pausedUntil;
    private long skew;
    private boolean gone;
    private boolean stopping;

    SimulatedProcess(Simulation world, String name, int slots) {
        this.world = world;
        this.name = name;
        this.slots = slots;
    }

    void start() {
        world.say(name + " starts");
        after(HOP, this::poll);
        after(Simulation.HEARTBEAT, this::beat);
        after(Simulation.SWEEP, this::sweep);
    }

    boolean isGone() {
        return gone;
    }

    long pausedUntil() {
        return pausedUntil;
    }

    long skew() {
        return skew;
    }

    boolean works(QueueStore.Hold hold) {
        return running.all().stream().anyMatch(slot -> slot.job().hold().equals(hold));
    }

    void pause(Duration duration) {
        world.say(name + " pauses for " + duration);
        pausedUntil = world.store.now + duration.toMillis();
    }

    void crash() {
        world.say(name + " crashes");
        gone = true;
    }

    void jumpClock(long by) {
        world.say(name + " has a clock that jumps by " + Duration.ofMillis(by));
        skew += by;
    }

    /// SIGTERM.
    void stop() {
        world.say(name + " is asked to stop");
        stopping = true;
        after(DRAIN, () -> List.copyOf(running.all()).forEach(slot -> cut(slot, Running.Cut.STOPPING)));
        after(DRAIN.plus(SETTLE_PATIENCE), this::crash);
    }

    /// The bell that brings the next heartbeat forward.
    void hearOfCancel(Duration delay) {
        after(delay, this::heartbeat);
    }

    /// The monotonic clock, which no skew moves.
    private long nanoTime() {
        return TimeUnit.MILLISECONDS.toNanos(world.store.now);
    }

    private void after(Duration delay, Runnable action) {
        world.later(this, delay, action);
    }

    // ---- as Dispatcher

    private void poll() {
        if (stopping) {
            return;
        }
        int free = slots - running.all().size();
        long leaseEnd = nanoTime() + Simulation.LEASE.toNanos();
        try {
            world.transaction(world.store::promote);
            var jobs = free <= 0 ? List.<ClaimedJob>of() : world.transaction(() -> world.claim(free));
            after(HOP, () -> begin(jobs, leaseEnd));
        } catch (Away e) {
            world.say(name + " cannot claim");
        }
        after(Simulation.POLL, this::poll);
    }

    private void begin(List<ClaimedJob> jobs, long leaseEnd) {
        if (stopping) {
            jobs.forEach(this::release);
        } else {
            jobs.forEach(job -> begin(job, leaseEnd));
        }
    }

    private void release(ClaimedJob job) {
        try {
            world.transaction(() -> {
                world.release(job.hold());
                return true;
            });
        } catch (Away e) {
            world.say(name + " cannot release " + Simulation.name(job.hold()));
        }
    }

    private void begin(ClaimedJob job, long leaseEnd) {
        world.say(name + " begins " + Simulation.name(job.hold()));
        var slot = running.add(job, leaseEnd);
        if (!slot.callBegins(nanoTime())) {
            world.say(name + " calls nobody, the lease has passed");
            release(job);
            running.remove(slot);
            return;
        }
        var timeLeft = job.timeLeft();
        if (timeLeft != null && !timeLeft.isPositive()) {
            finish(slot, RetryPolicy.afterExpiry());
            return;
        }
        world.paid(job);
        var reply = world.providerReply();
        after(world.latency(), () -> finish(slot, reply.outcome(job, world.policy)));
    }

    // ---- as Worker

    /// @param outcome null = the call was interrupted
    private void finish(Running.Slot slot, @Nullable Outcome outcome) {
        if (!slot.isCalling()) {
            return;
        }
        var cut = slot.callEnded();
        var job = slot.job();
        if (cut == Running.Cut.LOST) {
            running.remove(slot);
            return;
        }
        settle(slot, outcome != null ? outcome : world.policy.afterInterrupt(job, cut == Running.Cut.CANCELLED));
    }

    private void settle(Running.Slot slot, Outcome outcome) {
        var hold = slot.job().hold();
        try {
            boolean accepted = world.transaction(() -> world.settle(hold, outcome));
            world.say(name + " settles " + Simulation.name(hold) + " " + outcome.attempt().word() + ": " + accepted);
            if (!accepted) {
                world.note(Fault.LATE_RESULT_REFUSED);
            }
            running.remove(slot);
        } catch (Away e) {
            after(SETTLE_PAUSE, () -> settle(slot, outcome));
        }
    }

    // ---- as Leases

    private void beat() {
        heartbeat();
        after(Simulation.HEARTBEAT, this::beat);
    }

    private void heartbeat() {
        var asked = List.copyOf(running.all());
        long leaseEnd = nanoTime() + Simulation.LEASE.toNanos();
        try {
            var held = world.transaction(() -> world.store
                    .heartbeat(asked.stream().map(slot -> slot.job().hold()).toList(), Simulation.LEASE));
            after(HOP, () -> asked.forEach(slot -> hear(slot, held.get(slot.job().jobId()), leaseEnd)));
        } catch (Away e) {
            world.say(name + " has no heartbeat");
        }
    }

    /// @param cancel null = the lease is lost
    private void hear(Running.Slot slot, @Nullable Boolean cancel, long leaseEnd) {
        if (cancel != null) {
            slot.prolong(leaseEnd);
        }
        if (cancel == null && slot.isCalling()) {
            cut(slot, Running.Cut.LOST);
        } else if (Boolean.TRUE.equals(cancel)) {
            cut(slot, Running.Cut.CANCELLED);
        }
    }

    private void cut(Running.Slot slot, Running.Cut why) {
        slot.cut(why);
        if (Thread.interrupted()) { // what the slot does to the thread that calls the provider
            world.note(Fault.CALL_CUT);
            world.say(name + " cuts " + Simulation.name(slot.job().hold()) + ": " + why);
            after(HOP, () -> finish(slot, null));
        }
    }

    private void sweep() {
        try {
            world.transaction(world::takeBack);
            world.transaction(world.store::expire);
        } catch (Away e) {
            world.say(name + " cannot sweep");
        }
        after(Simulation.SWEEP, this::sweep);
    }
}
