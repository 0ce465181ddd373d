package dev.promptlab.job;

import java.time.Duration;
import java.time.Instant;

import dev.promptlab.job.LaneState.Block;
import dev.promptlab.job.LaneState.Pace;
import dev.promptlab.provider.RateLimit;
import org.jspecify.annotations.Nullable;

/// How many calls a lane may start a minute: from what the provider says, else from what it accepted before it refused. Pure
/// functions.
final class PacePolicy {
    /// Of what the provider seems to allow, so much is used.
    private static final double SHARE = 0.97;

    /// At each further 429 the pace loses a twentieth at least, and at most half, or a quarter when two come close together.
    private static final double LIGHT_CUT = 0.95;
    private static final double HARD_CUT = 0.5;
    private static final double CLOSE_CUT = 0.75;
    private static final Duration CLOSE = Duration.ofSeconds(15);

    /// Growth a minute, once nothing was refused for a while; it doubles every minute up to the most.
    private static final double FIRST_GROWTH = 0.01;
    private static final double MOST_GROWTH = 0.25;
    private static final Duration QUIET = Duration.ofMinutes(3);
    private static final Duration QUIET_IN_DOUBT = Duration.ofMinutes(1);
    private static final Duration GROWTH_STEP = Duration.ofSeconds(10);

    /// While it seeks the limit: by half a second.
    private static final double SEEK_FACTOR = 1.5;
    private static final double SEEK_FROM = 30;
    private static final Duration SEEK_STEP = Duration.ofSeconds(1);
    private static final Duration SOON = Duration.ofSeconds(10);

    /// A limit whose reset is further away is one per day, and one that is whole again sooner one per second.
    private static final Duration LONGEST_MINUTE = Duration.ofSeconds(66);
    private static final double SHORTEST_MINUTE_SECONDS = 20;

    /// Probes within the minute after a 429: later ones say nothing about the calls before it.
    private static final int PROBES_IN_A_MINUTE = 3;

    private PacePolicy() {}

    /// @return null when the provider's words give no new pace
    static @Nullable Pace stated(LaneState state, RateLimit said, Instant now) {
        if (!isPerMinute(said) || (state.pace() != null && state.pace().stated() == said.limit())) {
            return null;
        }
        double inFlight = state.window() == null ? said.limit() : state.window();
        double burst = said.remaining() - inFlight - said.limit() / 10.0;
        return new Pace(SHARE * said.limit(), Math.max(1, burst), now, FIRST_GROWTH, now, said.limit());
    }

    static boolean isPerMinute(RateLimit said) {
        var reset = said.reset();
        if (reset == null) {
            return true;
        }
        double used = Math.max(0, said.limit() - said.remaining());
        return reset.compareTo(LONGEST_MINUTE) <= 0
                && LanePolicy.seconds(reset) * said.limit() >= used * SHORTEST_MINUTE_SECONDS;
    }

    /// After a 429 that is news, with the lane held as `block` says.
    static Pace cut(LaneState state, LaneReport report, Block block, Instant now) {
        var pace = state.pace();
        int refused = report.throttled().calls();
        double inAMinute = SHARE * Math.max(1, inTheMinuteBefore(block.until(), state, now) - refused);
        if (pace == null) {
            boolean seek = !block.until().isAfter(now.plus(SOON)) && state.starts().areNew(now);
            return held(seek ? Math.max(inAMinute, SEEK_FROM) : inAMinute, seek ? Pace.SEEKING : FIRST_GROWTH, block,
                    now, 0);
        }
        if (pace.seeks()) { // one step back; the mark stays until a call says whether that is right
            double back = pace.perMinute() / SEEK_FACTOR;
            boolean longer = block.until().isAfter(now.plus(SOON));
            return held(longer ? Math.min(back, inAMinute) : back, Pace.SEEKING, block, now, pace.stated());
        }
        var said = report.rateLimit();
        if (pace.stated() > 0 && said != null && said.remaining() == 0) {
            boolean justNow = pace.changedAt().equals(now);
            return held(justNow ? pace.perMinute() : LIGHT_CUT * pace.perMinute(), FIRST_GROWTH, block, now,
                    pace.stated());
        }
        double learned = Math.min(inAMinute, sinceTheLast(state, refused, now));
        boolean close = state.throttledAt() != null && state.throttledAt().plus(CLOSE).isAfter(now);
        double most = pace.changedAt().equals(now) ? pace.perMinute() : LIGHT_CUT * pace.perMinute();
        double cut = Math.clamp(learned, Math.min(most, (close ? CLOSE_CUT : HARD_CUT) * pace.perMinute()), most);
        return held(cut, cut < LIGHT_CUT * inAMinute ? MOST_GROWTH : FIRST_GROWTH, block, now, pace.stated());
    }

    /// At a refusal the minute before holds at least as many starts as the limit, whether that is a bucket or a window; the minute
    /// before the provider takes calls again is closer to it. Providers round up to seconds.
    private static double inTheMinuteBefore(Instant until, LaneState state, Instant now) {
        var end = until.minusSeconds(1);
        return state.starts().withinAMinute(end.isAfter(now) ? end : now);
    }

    /// A bucket was empty at the last 429 and is empty now: what it took between is what flows in. The one more makes sure that a
    /// short time does not look worse than it was.
    private static double sinceTheLast(LaneState state, int refused, Instant now) {
        double seconds = state.throttledAt() == null ? 60
                : LanePolicy.seconds(Duration.between(state.throttledAt(), now));
        double taken = Math.max(0, state.starts().sinceThrottled() - refused) + 1.0;
        return seconds >= 60 ? Double.MAX_VALUE : SHARE * taken * 60 / Math.max(1, seconds);
    }

    /// The first call after a wait is refused too: the minute before tells more by now.
    static Pace refusedAgain(LaneState state, Pace pace, Block before, Block block, Instant now) {
        double most = before.probes() > PROBES_IN_A_MINUTE ? pace.perMinute()
                : Math.max(1, SHARE * state.starts().withinAMinute(now));
        return new Pace(Math.min(pace.perMinute(), most), 1, block.until(), FIRST_GROWTH, pace.changedAt(),
                pace.stated());
    }

    /// Calls that were under way at the lane's first 429 are refused as well: they were counted as accepted.
    static Pace echo(LaneState state, Pace pace, int refused) {
        boolean counted = pace.stated() == 0 && state.events() == 1 && pace.changedAt().equals(state.throttledAt());
        return !counted ? pace
                : new Pace(Math.max(1, pace.perMinute() - SHARE * refused), pace.credit(), pace.at(), pace.growth(),
                        pace.changedAt(), 0);
    }

    /// Whether a call after the end of a search was accepted.
    static boolean isFound(Pace pace, @Nullable Instant throttledAt) {
        return pace.seeks() && !pace.changedAt().equals(throttledAt);
    }

    static Pace found(Pace pace) {
        return new Pace(pace.perMinute(), pace.credit(), pace.at(), FIRST_GROWTH, pace.changedAt(), pace.stated());
    }

    /// Grows only while it is what limits: unspent credit says that there is less work than pace.
    static Pace grown(Pace pace, @Nullable Instant throttledAt, Instant now) {
        boolean seeking = pace.seeks();
        var since = Duration.between(pace.changedAt(), now);
        var quiet = seeking ? Duration.ZERO : pace.growth() >= MOST_GROWTH ? QUIET_IN_DOUBT : QUIET;
        if ((throttledAt != null && throttledAt.plus(quiet).isAfter(now))
                || since.compareTo(seeking ? SEEK_STEP : GROWTH_STEP) < 0) {
            return pace;
        }
        boolean limits = pace.creditAt(now) < (1 + pace.most()) / 2;
        double minutes = Math.min(1, LanePolicy.seconds(since) / 60);
        double factor = !limits ? 1 : seeking ? SEEK_FACTOR : 1 + pace.growth() * minutes;
        double growth = !limits || seeking ? pace.growth()
                : Math.min(MOST_GROWTH, pace.growth() * Math.pow(2, minutes));
        double most = pace.stated() == 0 ? Double.MAX_VALUE : Math.max(pace.perMinute(), SHARE * pace.stated());
        return new Pace(Math.min(most, pace.perMinute() * factor), pace.credit(), pace.at(), growth, now,
                pace.stated());
    }

    /// With nothing saved while the lane is held.
    private static Pace held(double perMinute, double growth, Block block, Instant now, long stated) {
        return new Pace(perMinute, 1, block.until(), growth, now, stated);
    }
}
