package dev.promptlab.job;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

import dev.promptlab.provider.ProviderReply;
import org.jspecify.annotations.Nullable;

/// Nodes with an endless backlog on one lane, in simulated time. As in the product, what calls became is written down per node
/// after a quarter of a second, or at once when it is urgent, and a refused call keeps its slot until then.
final class LaneSimulation {
    private static final int STEP = 5;
    private static final int CAP = 64;
    private static final int FLUSH = 250;
    private static final long EPOCH = 1_800_000_000_000L;

    private record Call(long endsAt, int event, ProviderReply reply) {}

    private static final class Node {
        private final PriorityQueue<Call> calls = new PriorityQueue<>(Comparator.comparingLong(Call::endsAt));
        private @Nullable LaneReport report;
        private long flushAt;
        private int refusedInFlight;
    }

    private final LimitedProvider provider;
    private final Random random;
    private final int latency;
    private final int refusalLatency;
    private final List<Node> nodes = new ArrayList<>();
    private LaneState state = LaneState.fresh();

    LaneSimulation(LimitedProvider provider, Random random, int nodes, int latency, int refusalLatency) {
        this.provider = provider;
        this.random = random;
        this.latency = latency;
        this.refusalLatency = refusalLatency;
        for (int i = 0; i < nodes; i++) {
            this.nodes.add(new Node());
        }
    }

    LaneState state() {
        return state;
    }

    void run(long fromMillis, long toMillis) {
        for (long now = fromMillis; now < toMillis; now += STEP) {
            for (var node : nodes) {
                receive(node, now);
                flush(node, now);
            }
            claim(nodes.get(random.nextInt(nodes.size())), now);
        }
    }

    private void receive(Node node, long now) {
        while (!node.calls.isEmpty() && node.calls.element().endsAt() <= now) {
            var call = node.calls.remove();
            var report = LaneReport.of(call.reply(), call.event());
            if (node.report == null) {
                node.report = report;
                node.flushAt = now + FLUSH;
            } else {
                node.report = node.report.plus(report);
            }
            if (report.isUrgent()) {
                node.flushAt = Math.min(node.flushAt, now + STEP);
                node.refusedInFlight++;
            }
        }
    }

    private void flush(Node node, long now) {
        if (node.report != null && node.flushAt <= now) {
            state = LanePolicy.next(state, node.report, time(now), CAP);
            node.report = null;
            node.refusedInFlight = 0;
        }
    }

    private void claim(Node node, long now) {
        int running = nodes.stream().mapToInt(one -> one.calls.size() + one.refusedInFlight).sum();
        int room = LaneClaim.room(state, time(now), running, CAP);
        if (room > 0) {
            state = LaneClaim.started(state, time(now), room);
            for (int i = 0; i < room; i++) {
                var reply = provider.call(now);
                int millis = reply instanceof ProviderReply.Failure ? refusalLatency : latency;
                node.calls.add(new Call(now + (long) (millis * random.nextDouble(0.7, 1.3)), state.events(), reply));
            }
        }
    }

    private static Instant time(long millis) {
        return Instant.ofEpochMilli(EPOCH + millis);
    }
}
