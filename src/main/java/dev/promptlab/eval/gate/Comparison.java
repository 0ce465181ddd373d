package dev.promptlab.eval.gate;

import java.util.Locale;

import dev.promptlab.eval.statistics.Interval;
import dev.promptlab.eval.statistics.PairedDifference;
import org.jspecify.annotations.Nullable;

/// One question that was asked: did this metric get worse over these cases?
///
/// @param tag over the cases with this tag; null = all
/// @param test `mcnemar` or `sign-flip`
/// @param p chance of such a drop when nothing changed, one-sided
/// @param adjustedP after Holm over all questions
/// @param smallestDrop that these cases show with 80 % power
/// @param casesNeeded how many cases would probably decide; 0 = decided, -1 = more cases cannot turn this into a pass
public record Comparison(String metric, @Nullable String tag, Rate baseline, Rate candidate,
        PairedDifference difference, int regressed, int improved, String test, double p, double adjustedP,
        double smallestDrop, int casesNeeded, Verdict verdict) {

    /// Mean over the paired cases.
    ///
    /// @param interval Wilson's for passes, which counts cases; for other metrics null
    public record Rate(double mean, @Nullable Interval interval) {}

    /// `pass`, `pass of tag:billing`
    public String name() {
        return tag == null ? metric : metric + " of tag:" + tag;
    }

    /// `0.0123`, `<0.0001`: the adjusted chance, for people.
    public String chance() {
        return adjustedP < 0.0001 ? "<0.0001" : String.format(Locale.ROOT, "%.4f", adjustedP);
    }
}
