package dev.promptlab.eval.statistics;

/// A two-sided 95 % interval.
public record Interval(double low, double high) {

    /// Wilson's score interval of a proportion, which also holds near 0 and 1 and for few trials.
    ///
    /// @param trials none = everything is possible
    public static Interval ofRate(long successes, long trials) {
        if (successes < 0 || successes > trials) {
            throw new IllegalArgumentException(successes + " of " + trials + " is no rate");
        }
        if (trials == 0) {
            return new Interval(0, 1);
        }
        var n = (double) trials;
        var z = Normal.TWO_SIDED_95;
        var rate = successes / n;
        var weight = 1 + z * z / n;
        var centre = (rate + z * z / (2 * n)) / weight;
        var half = z / weight * Math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n));
        return new Interval(successes == 0 ? 0 : centre - half, successes == trials ? 1 : centre + half);
    }

    /// Around an estimate that is about normally distributed.
    static Interval around(double estimate, double standardError) {
        var half = Normal.TWO_SIDED_95 * standardError;
        return new Interval(estimate - half, estimate + half);
    }

    public boolean contains(double value) {
        return low <= value && value <= high;
    }
}
