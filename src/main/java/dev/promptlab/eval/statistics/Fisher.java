package dev.promptlab.eval.statistics;

/// Fisher's exact test: two small series of passes and failures.
public final class Fisher {
    private Fisher() {}

    /// How likely the first series passes so rarely, or more rarely, when both pass equally often (one-sided).
    public static double fewer(int firstPassed, int firstRuns, int secondPassed, int secondRuns) {
        var passed = firstPassed + secondPassed;
        var all = Combinations.logOf(firstRuns + secondRuns, passed);
        var sum = 0.0;
        for (var k = Math.max(0, passed - secondRuns); k <= firstPassed; k++) {
            sum += Math.exp(Combinations.logOf(firstRuns, k) + Combinations.logOf(secondRuns, passed - k) - all);
        }
        return Math.min(1, sum);
    }
}
