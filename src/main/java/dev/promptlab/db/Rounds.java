package dev.promptlab.db;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a process does again and again on the database, each task on a virtual thread of its own. A round that fails is logged, and
/// the next one comes all the same.
public final class Rounds implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Rounds.class);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

    private final ScheduledExecutorService clock;

    /// @param tasks how many there will be
    public Rounds(String name, int tasks) {
        clock = Executors.newScheduledThreadPool(tasks, Thread.ofVirtual().name(name).factory());
    }

    /// @param pause before the first round, and between two
    public void every(Duration pause, String what, Runnable task) {
        var _ = clock.scheduleWithFixedDelay(() -> tryTo(what, task), pause.toNanos(), pause.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    /// Runs a task that paces itself.
    public void run(Runnable loop) {
        clock.execute(loop);
    }

    public static void tryTo(String what, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.warn("{} failed and is tried again: {}", what, e.getMessage());
        }
    }

    public boolean isClosed() {
        return clock.isShutdown();
    }

    /// Begins no further round.
    public void stop() {
        clock.shutdown();
    }

    /// As [#stop], and gives the rounds under way a few seconds to end.
    @Override
    public void close() {
        stop();
        try {
            clock.awaitTermination(STOP_PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
