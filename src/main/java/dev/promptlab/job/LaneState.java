package dev.promptlab.job;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/// What all processes together have learned about a lane: how many calls it may have in flight, how many it may start a
/// minute, and whether it may start any now. [LanePolicy] decides what follows from what calls became; the claim
/// (`job_claim_v2`) obeys it and counts starts.
///
/// @param window calls in flight; null = as many as the lane's cap
/// @param ramp answers since the lane's first call, while no limit was met; null = the ramp is over
/// @param pace null = no limit per minute is known
/// @param block null = nothing holds the lane
/// @param events how often the lane was held or cut; a call belongs to the number that its claim found, so that what comes of
///        calls of an earlier number is no news
/// @param throttledAt the latest 429 that counted
/// @param starts counted by the claim
record LaneState(@Nullable Double window, @Nullable Integer ramp, @Nullable Pace pace, @Nullable Block block,
        int events,
        @Nullable Instant throttledAt, Starts starts) {

    /// Why a lane starts nothing.
    enum Reason {
        RATE_LIMITED, OVERLOADED, UNAVAILABLE;

        /// In SQL and JSON.
        String code() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /// Starts a minute, spent from a credit that the claim fills as time goes by.
    ///
    /// @param credit starts saved at `at`
    /// @param growth by which part it grows in a minute
    /// @param changedAt when it last grew or was cut
    /// @param stated limit per minute that the provider itself names; 0 = it names none
    record Pace(double perMinute, double credit, Instant at, double growth, Instant changedAt, long stated) {
        /// Growth of a pace that seeks its limit.
        static final double SEEKING = 30;

        boolean seeks() {
            return growth >= SEEKING;
        }

        /// What may be saved: a start, and a second's worth.
        double most() {
            return 1 + perMinute / 60;
        }

        double creditAt(Instant now) {
            double seconds = Math.max(0, LanePolicy.seconds(Duration.between(at, now)));
            return Math.max(credit, Math.min(most(), credit + seconds * perMinute / 60));
        }
    }

    /// A lane that starts nothing until a time.
    ///
    /// @param probes waits in a row that ended badly or have not ended; 0 = the provider named the time, and afterwards everything
    ///        is as before; else one call at a time tries first
    record Block(Instant until, Reason reason, int probes) {
        boolean probing() {
            return probes > 0;
        }
    }

    /// Starts by slots of five seconds, the newest first.
    ///
    /// @param slot number of the newest since 1970
    /// @param sinceThrottled since the latest 429 that counted
    record Starts(List<Integer> counts, long slot, int sinceThrottled) {
        static final int SLOTS = 13;
        private static final int SLOT_SECONDS = 5;
        static final Starts NONE = new Starts(List.of(), 0, 0);

        Starts {
            counts = List.copyOf(counts);
        }

        static long slotOf(Instant time) {
            return Math.floorDiv(time.getEpochSecond(), SLOT_SECONDS);
        }

        /// Within the minute before `end`; of the slot that its beginning cuts, a part.
        double withinAMinute(Instant end) {
            double inSlot = LanePolicy
                    .seconds(Duration.between(Instant.ofEpochSecond(slotOf(end) * SLOT_SECONDS), end));
            double sum = 0;
            for (int i = 0; i < counts.size(); i++) {
                long age = slotOf(end) - slot + i; // 0 = the slot of the end
                double covered = age <= 0 ? 1 : (60 - inSlot - (age - 1) * SLOT_SECONDS) / SLOT_SECONDS;
                sum += counts.get(i) * Math.clamp(covered, 0, 1);
            }
            return sum;
        }

        /// Whether all of them were made within the last five to ten seconds.
        boolean areNew(Instant now) {
            for (int i = 0; i < counts.size(); i++) {
                if (counts.get(i) > 0 && slotOf(now) - slot + i > 1) {
                    return false;
                }
            }
            return true;
        }
    }

    /// A lane that nobody has called yet.
    static LaneState fresh() {
        return new LaneState(LanePolicy.FIRST_WINDOW, 0, null, null, 0, null, Starts.NONE);
    }

    LaneState with(@Nullable Double window, @Nullable Integer ramp) {
        return new LaneState(window, ramp, pace, block, events, throttledAt, starts);
    }

    LaneState with(@Nullable Pace pace) {
        return new LaneState(window, ramp, pace, block, events, throttledAt, starts);
    }

    LaneState with(@Nullable Block block) {
        return new LaneState(window, ramp, pace, block, events, throttledAt, starts);
    }

    /// After something that ends all that is under way: what comes of it is no news any more.
    LaneState nextEvent() {
        return new LaneState(window, ramp, pace, block, events + 1, throttledAt, starts);
    }

    LaneState throttled(Instant now) {
        return new LaneState(window, ramp, pace, block, events, now, new Starts(starts.counts(), starts.slot(), 0));
    }
}
