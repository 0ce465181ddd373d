package dev.promptlab.job;

import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Tells those who wait for a job that it ended in this process. A hint: jobs end in other processes too, so whoever waits
/// also looks for itself now and then. Thread-safe.
public final class Endings implements AutoCloseable {
    private final ConcurrentHashMap<UUID, Set<Watch>> watches = new ConcurrentHashMap<>();
    private volatile boolean closed;
    private volatile Runnable onEnded = () -> {};

    /// Also calls `action` whenever jobs ended here; it must be quick.
    public void onEnded(Runnable action) {
        onEnded = action;
    }

    /// Starts to listen; read the job only after this.
    Watch watch(UUID jobId) {
        var watch = new Watch(jobId);
        watches.compute(jobId, (_, others) -> {
            var all = others == null ? ConcurrentHashMap.<Watch>newKeySet() : others;
            all.add(watch);
            return all;
        });
        return watch;
    }

    void ended(Collection<UUID> jobIds) {
        if (!jobIds.isEmpty()) {
            onEnded.run();
        }
        jobIds.forEach(id -> watches.getOrDefault(id, Set.of()).forEach(watch -> watch.ended.countDown()));
    }

    boolean isClosed() {
        return closed;
    }

    /// Lets everybody go: the process stops.
    @Override
    public void close() {
        closed = true;
        ended(watches.keySet());
    }

    /// One who waits.
    final class Watch implements AutoCloseable {
        private final UUID jobId;
        private final CountDownLatch ended = new CountDownLatch(1);

        private Watch(UUID jobId) {
            this.jobId = jobId;
        }

        void await(Duration patience) throws InterruptedException {
            if (!closed) {
                ended.await(patience.toNanos(), TimeUnit.NANOSECONDS);
            }
        }

        @Override
        public void close() {
            watches.computeIfPresent(jobId, (_, all) -> {
                all.remove(this);
                return all.isEmpty() ? null : all;
            });
        }
    }
}
