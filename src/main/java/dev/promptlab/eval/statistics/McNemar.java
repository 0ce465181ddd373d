package dev.promptlab.eval.statistics;

/// McNemar's exact test for pairs of binary scores. Pairs with equal scores say nothing about the difference; without one, each
/// of the others is worse or better with the same chance.
public final class McNemar {
    private McNemar() {}

    /// How likely at least so many of the discordant pairs got worse when nothing changed; 1 without discordant pairs.
    public static double worse(int worse, int better) {
        return atLeast(worse, worse + better);
    }

    /// How likely a split at least so uneven is, in either direction, when nothing changed.
    public static double different(int worse, int better) {
        return Math.min(1, 2 * atLeast(Math.max(worse, better), worse + better));
    }

    /// P(X >= hits) for X of `tosses` fair coins, summed from the smallest term.
    private static double atLeast(int hits, int tosses) {
        var sum = 0.0;
        for (var k = tosses; k >= hits; k--) {
            sum += Math.exp(Combinations.logOf(tosses, k) - tosses * Math.log(2));
        }
        return Math.min(1, sum);
    }
}
