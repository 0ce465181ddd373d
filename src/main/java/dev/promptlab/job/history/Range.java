package dev.promptlab.job.history;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import dev.promptlab.web.Fields;
import org.jspecify.annotations.Nullable;

/// A span of time in whole buckets.
///
/// @param grain minutes of the buckets that it is added up from, 5 or 60
record Range(Instant from, Instant to, int grain) {
    private static final Duration DEFAULT = Duration.ofHours(24);
    private static final Duration LONGEST = Duration.ofDays(400);
    /// Fine buckets are kept for 8 days, which is enough for the span before, too.
    private static final Duration FINE_AGE = Duration.ofDays(6);
    private static final Duration FINE_LONGEST = Duration.ofDays(2);
    private static final int FINE = 5;
    private static final int COARSE = 60;
    private static final int MOST_BUCKETS = 1_000;
    private static final int USUAL_BUCKETS = 100;
    private static final List<Integer> STEPS = List.of(5, 15, 30, 60, 120, 180, 360, 720, 1_440, 10_080);

    /// Reads `from` and `to`, absent = the last `usual` until now, widened to whole buckets.
    static Range of(Fields in, Instant now, Duration usual) {
        var to = in.time("to");
        var end = to == null ? now : to;
        var from = in.time("from");
        var begin = from == null ? end.minus(usual) : from;
        if (!begin.isBefore(end)) {
            in.reject("from", "must be before " + (to == null ? "now" : "to"));
            begin = end.minus(usual);
        } else if (Duration.between(begin, end).compareTo(LONGEST) > 0) {
            in.reject("from", "must be at most " + LONGEST.toDays() + " days before to");
            begin = end.minus(usual);
        }
        return widened(begin, end, isFine(begin, end, now) ? FINE : COARSE);
    }

    static Range of(Fields in, Instant now) {
        return of(in, now, DEFAULT);
    }

    private static boolean isFine(Instant from, Instant to, Instant now) {
        return Duration.between(from, to).compareTo(FINE_LONGEST) <= 0 && from.isAfter(now.minus(FINE_AGE));
    }

    private static Range widened(Instant from, Instant to, int grain) {
        long seconds = grain * 60L;
        return new Range(Instant.ofEpochSecond(Math.floorDiv(from.getEpochSecond(), seconds) * seconds),
                Instant.ofEpochSecond(
                        Math.ceilDiv(to.getEpochSecond() + (to.getNano() > 0 ? 1 : 0), seconds) * seconds),
                grain);
    }

    /// The span before this one, as long as it.
    Range previous() {
        return new Range(from.minus(length()), from, grain);
    }

    Duration length() {
        return Duration.between(from, to);
    }

    /// Reads `step`; absent = one that makes about 100 points.
    Duration step(Fields in) {
        var step = in.duration("step");
        return step == null ? usualStep() : checked(in, step);
    }

    private Duration usualStep() {
        return STEPS.stream().filter(minutes -> minutes >= grain).map(Duration::ofMinutes)
                .filter(step -> buckets(step) <= USUAL_BUCKETS).findFirst().orElse(Duration.ofDays(7));
    }

    private Duration checked(Fields in, Duration step) {
        var problem = problem(step);
        if (problem != null) {
            in.reject("step", problem);
            return usualStep();
        }
        return step;
    }

    private @Nullable String problem(Duration step) {
        if (step.toMillis() < grain * 60_000L || step.toMillis() % (grain * 60_000L) != 0) {
            return "must be a multiple of " + grain + "m in this range"
                    + (grain == FINE ? "" : "; steps of 5m need a range of at most 48h within the last 6 days");
        }
        return buckets(step) <= MOST_BUCKETS ? null
                : "makes " + buckets(step) + " points; at most " + MOST_BUCKETS + ", so take a longer step";
    }

    int buckets(Duration step) {
        return (int) Math.ceilDiv(length().toSeconds(), step.toSeconds());
    }
}
