package dev.promptlab.eval.server;

import java.time.Duration;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.promptlab.db.Database;
import dev.promptlab.db.Rounds;
import dev.promptlab.eval.server.RunStore.Claim;

/// Drives runs of all workspaces in this process: takes those that wait, and those whose process has died.
public final class EvalWorker implements AutoCloseable {
    /// Runs at once in a process; their calls are bounded by the queue.
    private static final int MOST = 8;
    private static final Duration LONGEST_PULSE = Duration.ofSeconds(1);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

    private final Database queue;
    private final Evaluating evaluating;
    private final Rounds rounds = new Rounds("evaluations", 2);
    private final Set<RunDriver> driven = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private EvalWorker(Database queue, Evaluating evaluating) {
        this.queue = queue;
        this.evaluating = evaluating;
    }

    /// @param queue the worker's pool, which sees the runs of all workspaces
    public static EvalWorker start(Database queue, Evaluating evaluating) {
        var worker = new EvalWorker(queue, evaluating);
        worker.rounds.every(evaluating.settings().worker().pollInterval(), "the look for runs", worker::look);
        return worker;
    }

    /// There may be a run to take.
    public void ring() {
        if (!closed) {
            rounds.run(() -> Rounds.tryTo("the look for runs", this::look));
        }
    }

    private synchronized void look() {
        while (!closed && driven.size() < MOST) {
            var claim = queue.transaction(tx -> RunStore.claim(tx, evaluating.settings().worker().lease()));
            if (claim.isEmpty()) {
                return;
            }
            drive(claim.get());
        }
    }

    private void drive(Claim claim) {
        var run = evaluating.db().autocommit(claim.workspaceId(),
                handle -> RunStore.find(handle, claim.workspaceId(), claim.runId()));
        if (run.isEmpty()) {
            return; // its workspace is being removed
        }
        var driver = new RunDriver(evaluating, claim, run.get(), pulse());
        driven.add(driver);
        Thread.ofVirtual().name("evaluation").start(() -> {
            try {
                driver.drive();
            } finally {
                driven.remove(driver);
            }
        });
    }

    private Duration pulse() {
        var heartbeat = evaluating.settings().worker().heartbeat();
        return Comparator.<Duration>naturalOrder().compare(heartbeat, LONGEST_PULSE) < 0 ? heartbeat : LONGEST_PULSE;
    }

    /// Leaves the runs to others, or to the next start.
    @Override
    public void close() {
        closed = true;
        rounds.stop();
        driven.forEach(RunDriver::leave);
        try {
            for (var driver : driven) {
                driver.awaitEnd(STOP_PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        rounds.close();
    }
}
