package dev.promptlab.job;

import java.time.Duration;
import java.time.Instant;

import dev.promptlab.job.LaneState.Block;
import dev.promptlab.job.LaneState.Reason;
import dev.promptlab.provider.RateLimit;
import org.jspecify.annotations.Nullable;

/// What a lane learns from its calls. Pure functions; docs/adr/0008-adaptive-lanes.md has the reasons and the figures.
final class LanePolicy {
    /// Calls in flight of a lane that nobody has called yet.
    static final double FIRST_WINDOW = 5;

    /// Before a limit was met, at most one call in flight for so many answers: should the limit come now, few of the calls so far
    /// are refused.
    private static final int ANSWERS_PER_SLOT = 15;

    /// Waits 2 s, 8 s, 30 s, 30 s before the next call tries a lane whose provider named no time.
    private static final Duration FIRST_PROBE = Duration.ofSeconds(2);
    private static final Duration LAST_PROBE = Duration.ofSeconds(30);

    /// Waits 5 s, 10 s, 20 s, 40 s, 60 s before the next call tries an endpoint that does not answer.
    private static final Duration FIRST_TRIAL = Duration.ofSeconds(5);
    private static final Duration LAST_TRIAL = Duration.ofSeconds(60);

    private static final Duration LONGEST_BLOCK = Duration.ofHours(24);

    private LanePolicy() {}

    /// @param cap of the lane's calls in flight
    static LaneState next(LaneState state, LaneReport report, Instant now, int cap) {
        var next = report.rateLimit() == null ? state : stated(state, report.rateLimit(), now);
        if (report.answered().calls() > 0) {
            next = answered(next, report.answered(), now, cap);
        }
        if (report.throttled().calls() > 0) {
            return report.throttled().isNews(state) ? throttled(next, report, now, cap) : echo(next, report, now);
        }
        if (report.overloaded().calls() > 0 && report.overloaded().isNews(state)) {
            return overloaded(next, report, now, cap);
        }
        var block = next.block();
        return block != null && block.probing() && report.failed().isNews(state)
                ? next.with(probeAgain(block, now)).nextEvent()
                : next;
    }

    /// The provider names its limit: no need to run into it.
    private static LaneState stated(LaneState state, RateLimit said, Instant now) {
        var pace = PacePolicy.stated(state, said, now);
        var next = pace == null ? state : state.with(pace).with(null, null);
        var reset = said.reset();
        if (said.remaining() > 0 || reset == null || !reset.isPositive()) {
            return next;
        }
        var wait = PacePolicy.isPerMinute(said) || reset.toMinutes() < 1 ? reset : Duration.ofMinutes(1);
        return next.with(later(next.block(), named(Reason.RATE_LIMITED, wait, now)));
    }

    private static LaneState answered(LaneState state, LaneReport.Count answered, Instant now, int cap) {
        if (!answered.isNews(state)) {
            return widened(state, answered.calls(), cap);
        }
        var next = state;
        var pace = state.pace();
        if (state.block() != null && !state.block().until().isAfter(now)) {
            next = next.with((Block) null);
            if (pace != null && PacePolicy.isFound(pace, state.throttledAt())) {
                return widened(next.with(PacePolicy.found(pace)).throttled(now), answered.calls(), cap);
            }
        }
        if (pace != null) {
            next = next.with(PacePolicy.grown(pace, state.throttledAt(), now));
        }
        return widened(next, answered.calls(), cap);
    }

    /// Before the first limit by what was answered, afterwards by one for each round of the window.
    private static LaneState widened(LaneState state, int answers, int cap) {
        if (state.window() == null) {
            return state;
        }
        var ramp = state.ramp() == null ? null : Integer.valueOf(state.ramp() + answers);
        double window = ramp == null ? state.window() + answers / state.window()
                : Math.max(state.window(), (double) ramp / ANSWERS_PER_SLOT);
        return window >= cap ? state.with(null, null) : state.with(window, ramp);
    }

    /// A 429: hold the lane, learn its pace, and halve the window, unless it was only a call that tried.
    private static LaneState throttled(LaneState state, LaneReport report, Instant now, int cap) {
        var before = state.block();
        var block = blockAfter429(before, report, now);
        if (before != null && before.probing() && state.pace() != null) {
            return state.with(PacePolicy.refusedAgain(state, state.pace(), before, block, now)).with(block).nextEvent();
        }
        boolean searched = state.pace() != null && state.pace().seeks();
        var next = halved(state, cap).with(PacePolicy.cut(state, report, block, now)).with(block).nextEvent();
        return searched ? next : next.throttled(now);
    }

    private static Block blockAfter429(@Nullable Block before, LaneReport report, Instant now) {
        if (report.retryAfter() != null) {
            return later(before, named(Reason.RATE_LIMITED, report.retryAfter(), now));
        }
        if (before != null && before.until().isAfter(now)) {
            return before; // a header named the time
        }
        return probeAgain(new Block(now, Reason.RATE_LIMITED, before == null ? 0 : before.probes()), now);
    }

    /// Calls of before that are refused now.
    private static LaneState echo(LaneState state, LaneReport report, Instant now) {
        var next = state.pace() == null ? state
                : state.with(PacePolicy.echo(state, state.pace(), report.throttled().calls()));
        return report.retryAfter() == null ? next
                : next.with(later(next.block(), named(Reason.RATE_LIMITED, report.retryAfter(), now)));
    }

    private static LaneState overloaded(LaneState state, LaneReport report, Instant now, int cap) {
        var next = halved(state, cap).nextEvent();
        if (report.retryAfter() != null) {
            return next.with(later(state.block(), named(Reason.OVERLOADED, report.retryAfter(), now)));
        }
        return state.block() != null && state.block().probing() ? next.with(probeAgain(state.block(), now)) : next;
    }

    private static LaneState halved(LaneState state, int cap) {
        double window = state.window() == null ? cap : Math.min(cap, state.window());
        return state.with(Math.max(1, Math.floor(window / 2)), null);
    }

    private static Block named(Reason reason, Duration wait, Instant now) {
        return new Block(now.plus(wait.compareTo(LONGEST_BLOCK) < 0 ? wait : LONGEST_BLOCK), reason, 0);
    }

    private static Block later(@Nullable Block one, Block other) {
        return one == null || other.until().isAfter(one.until()) ? other : one;
    }

    private static Block probeAgain(Block block, Instant now) {
        return new Block(now.plus(wait(block.reason(), block.probes())), block.reason(), block.probes() + 1);
    }

    private static Duration wait(Reason reason, int probesBefore) {
        boolean dead = reason == Reason.UNAVAILABLE;
        var wait = (dead ? FIRST_TRIAL : FIRST_PROBE)
                .multipliedBy((long) Math.pow(dead ? 2 : 4, Math.min(probesBefore, 10)));
        var most = dead ? LAST_TRIAL : LAST_PROBE;
        return wait.compareTo(most) < 0 ? wait : most;
    }

    /// What a report says about all lanes of its endpoint.
    enum Endpoint {
        NOTHING_NEW, ANSWERS, SILENT
    }

    /// @param breaks whether so many calls of its process failed that it must be silent
    static Endpoint endpoint(LaneState state, LaneReport report, boolean breaks) {
        var block = state.block();
        boolean trial = block != null && block.reason() == Reason.UNAVAILABLE;
        if (trial && (report.answered().isNews(state) || report.throttled().isNews(state))) {
            return Endpoint.ANSWERS;
        }
        return breaks || (trial && report.failed().isNews(state)) ? Endpoint.SILENT : Endpoint.NOTHING_NEW;
    }

    /// Its endpoint does not answer: nothing starts until a call has tried it.
    static LaneState broken(LaneState state, Instant now) {
        var block = state.block();
        if (block == null || block.reason() != Reason.UNAVAILABLE) {
            return state.with(probeAgain(new Block(now, Reason.UNAVAILABLE, 0), now)).nextEvent();
        }
        return block.until().isAfter(now) ? state : state.with(probeAgain(block, now)).nextEvent();
    }

    /// Its endpoint answers again.
    static LaneState mended(LaneState state) {
        var block = state.block();
        return block != null && block.reason() == Reason.UNAVAILABLE ? state.with((Block) null) : state;
    }

    static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
