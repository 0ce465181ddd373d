package dev.promptlab.job;

import java.time.Instant;
import java.util.ArrayList;

import dev.promptlab.job.LaneState.Pace;
import dev.promptlab.job.LaneState.Starts;

/// What `job_claim_v2` does with a lane's state, in Java, for tests of the policy in simulated time. A test holds it against the
/// SQL.
final class LaneClaim {
    private LaneClaim() {}

    /// How many jobs may start.
    static int room(LaneState state, Instant now, int running, int cap) {
        var block = state.block();
        if (block != null && block.until().isAfter(now)) {
            return 0;
        }
        double window = block != null && block.probing() ? 1 : state.window() == null ? cap : state.window();
        int room = (int) Math.min(cap, Math.floor(window)) - running;
        return Math.max(0, state.pace() == null ? room
                : (int) Math.min(room, Math.floor(state.pace().creditAt(now) + 1e-9)));
    }

    static LaneState started(LaneState state, Instant now, int jobs) {
        var pace = state.pace();
        var next = pace == null ? state
                : state.with(new Pace(pace.perMinute(), pace.creditAt(now) - jobs, now, pace.growth(), pace.changedAt(),
                        pace.stated()));
        var counts = new ArrayList<Integer>();
        counts.add(jobs);
        for (long passed = Starts.slotOf(now) - state.starts().slot(); passed > 1
                && counts.size() < Starts.SLOTS; passed--) {
            counts.add(0);
        }
        boolean same = Starts.slotOf(now) == state.starts().slot();
        for (int i = 0; i < state.starts().counts().size() && counts.size() < Starts.SLOTS; i++) {
            if (same && i == 0) {
                counts.set(0, jobs + state.starts().counts().getFirst());
            } else {
                counts.add(state.starts().counts().get(i));
            }
        }
        return new LaneState(next.window(), next.ramp(), next.pace(), next.block(), next.events(), next.throttledAt(),
                new Starts(counts, Starts.slotOf(now), state.starts().sinceThrottled() + jobs));
    }
}
