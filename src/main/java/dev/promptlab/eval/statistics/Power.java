package dev.promptlab.eval.statistics;

/// What a suite can see, for a one-sided test at 5 % that finds a real drop with 80 % power.
public final class Power {
    private static final double BOTH = Normal.ONE_SIDED_95 + Normal.POWER_80;
    /// The exact test of binary scores rejects from five cases on that got worse while none got better (1/32 <= 5 %).
    private static final int FEWEST = 5;

    private Power() {}

    /// The smallest drop of a rate that is found, from 0 to 1.
    ///
    /// @param deviation standard deviation of the difference of one case when nothing changed ([#deviation])
    public static double smallestDrop(int cases, double deviation) {
        if (cases == 0) {
            return 1;
        }
        var spread = BOTH * deviation / Math.sqrt(cases);
        return Math.min(1, Math.max(spread, (double) FEWEST / cases));
    }

    /// How many cases find a drop of this size.
    public static int casesFor(double drop, double deviation) {
        if (drop <= 0 || drop > 1) {
            throw new IllegalArgumentException("a drop lies above 0 and up to 1, is " + drop);
        }
        var spread = BOTH * deviation / drop;
        return (int) Math.min(Integer.MAX_VALUE, Math.ceil(Math.max(spread * spread, FEWEST / drop)));
    }

    /// How many cases lift the lower bound of an observed difference to `margin` below zero.
    ///
    /// @return the cases in all; -1 = more cases cannot help, the difference itself is at or below `-margin`
    public static int casesForMargin(double mean, double margin, double deviation) {
        var room = mean + margin;
        if (room <= 0) {
            return -1;
        }
        var root = Normal.ONE_SIDED_95 * deviation / room;
        return (int) Math.min(Integer.MAX_VALUE,
                Math.max(Math.ceil(root * root), PairedDifference.pairsWithout(margin)));
    }

    /// Of the difference of one case, from what a run has shown. Never 0: no flips among n cases do not prove that there are none.
    public static double deviation(PairedDifference seen) {
        var shown = seen.standardError() * Math.sqrt(Math.max(1, seen.pairs()));
        return Math.max(shown, Math.sqrt(1.0 / (seen.pairs() + 2)));
    }

    /// As [#deviation(PairedDifference)], before any run: each of two answers passes with `rate`, independently.
    public static double deviation(double rate) {
        return Math.sqrt(2 * rate * (1 - rate));
    }
}
