package dev.promptlab.job;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.promptlab.db.Database;
import dev.promptlab.db.Wakeup;
import dev.promptlab.job.LaneStateStore.Learned;
import dev.promptlab.provider.ProviderReply;
import dev.promptlab.provider.Providers;
import dev.promptlab.provider.RateLimit;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hears what became of the calls of this process and writes down what their lanes learn: at most every quarter of a second a
/// lane, at once when no further call should start before, and nothing for an answer that teaches nothing. Thread-safe.
final class LaneFeedback implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LaneFeedback.class);
    private static final Duration PAUSE = Duration.ofMillis(250);

    /// What has not been written down yet of one lane. Whoever writes holds its monitor until that is done, so that the others
    /// find it written.
    private static final class Unwritten {
        private @Nullable LaneReport report;
        private boolean breaks;
        private boolean trial;
        private @Nullable RateLimit known;

        /// Whether the words about the limit were heard before.
        synchronized boolean knows(@Nullable RateLimit said) {
            if (said == null || (known != null && known.limit() == said.limit() && said.remaining() > 0)) {
                return true;
            }
            known = said;
            return false;
        }

        /// @return whether nothing was waiting to be written
        synchronized boolean add(LaneReport more, boolean itBreaks, boolean ofTrial) {
            boolean first = report == null;
            report = report == null ? more : report.plus(more);
            breaks |= itBreaks;
            trial |= ofTrial;
            return first;
        }
    }

    /// Lanes that stand and fall together: one workspace's trouble with an endpoint holds nobody else.
    private record KeyedEndpoint(String name, String origin, String keyScope) {}

    private final Map<Integer, Unwritten> lanes = new ConcurrentHashMap<>();
    private final Map<KeyedEndpoint, EndpointHealth> endpoints = new ConcurrentHashMap<>();
    private final Database db;
    private final int laneCap;
    private final Wakeup queued;
    private final ScheduledExecutorService clock = Executors
            .newSingleThreadScheduledExecutor(Thread.ofVirtual().name("lane-feedback").factory());

    /// @param laneCap cap of lanes without one of their own
    /// @param queued rung when a lane may go on
    LaneFeedback(Database db, int laneCap, Wakeup queued) {
        this.db = db;
        this.laneCap = laneCap;
        this.queued = queued;
    }

    /// Call it before the outcome of the call is recorded: as long as the job counts as running, it keeps others out of the lane.
    ///
    /// @param endpoint what was called, with whose key: others learn nothing from it
    /// @param beganAt when the call began, by [System#nanoTime]
    void heard(ClaimedJob job, Providers.Endpoint endpoint, ProviderReply reply, long beganAt) {
        var lane = job.lane();
        var report = LaneReport.of(reply, lane.events());
        var keyed = new KeyedEndpoint(endpoint.name(), endpoint.origin(), endpoint.keyScope());
        boolean breaks = endpoints.computeIfAbsent(keyed, _ -> new EndpointHealth())
                .breaks(report.failed().calls() == 0, beganAt, System.nanoTime());
        if (breaks) {
            log.warn("provider {} does not answer any more: its lanes wait until a call gets through", job.provider());
        }
        var unwritten = lanes.computeIfAbsent(lane.id(), _ -> new Unwritten());
        boolean news = !unwritten.knows(report.rateLimit()) || report.isUrgent() || breaks;
        if (!news && !lane.learns()) {
            return;
        }
        boolean first = unwritten.add(report, breaks, lane.trial());
        if (breaks || lane.trial() || report.isUrgent()) {
            write(lane.id(), unwritten);
        } else if (first) {
            later(lane.id(), unwritten);
        }
    }

    private void later(int laneId, Unwritten unwritten) {
        try {
            var _ = clock.schedule(() -> write(laneId, unwritten), PAUSE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("lane {}: the process stops", laneId);
        }
    }

    /// What cannot be written is lost: the next calls tell it again.
    private void write(int laneId, Unwritten unwritten) {
        synchronized (unwritten) {
            var report = unwritten.report;
            if (report == null) {
                return;
            }
            boolean breaks = unwritten.breaks;
            boolean ofEndpoint = breaks || unwritten.trial;
            unwritten.report = null;
            unwritten.breaks = false;
            unwritten.trial = false;
            try {
                db.inTransaction(tx -> {
                    var lanesToo = ofEndpoint ? LaneStateStore.lockEndpoint(tx, laneId)
                            : LaneStateStore.lock(tx, laneId);
                    learn(tx, lanesToo, laneId, report, breaks);
                });
            } catch (RuntimeException e) {
                log.warn("lane {}: what it learned is lost: {}", laneId, e.getMessage());
            }
        }
        queued.ring();
    }

    private void learn(Handle tx, List<Learned> lanesOfEndpoint, int laneId, LaneReport report, boolean breaks) {
        var now = LaneStateStore.now(tx);
        var own = lanesOfEndpoint.stream().filter(one -> one.laneId() == laneId).findFirst().orElseThrow();
        var endpoint = LanePolicy.endpoint(own.state(), report, breaks);
        for (var lane : lanesOfEndpoint) {
            int cap = lane.maxRunning() == null ? laneCap : lane.maxRunning();
            var next = endpoint == LanePolicy.Endpoint.ANSWERS ? LanePolicy.mended(lane.state()) : lane.state();
            next = lane.laneId() == laneId ? LanePolicy.next(next, report, now, cap) : next;
            next = endpoint == LanePolicy.Endpoint.SILENT ? LanePolicy.broken(next, now) : next;
            if (!next.equals(lane.state())) {
                LaneStateStore.save(tx, lane.laneId(), next);
            }
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
