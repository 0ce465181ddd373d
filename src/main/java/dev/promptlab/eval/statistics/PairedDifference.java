package dev.promptlab.eval.statistics;

import java.util.Arrays;

/// The mean of paired differences, with how far chance may have moved it.
///
/// @param pairs how many cases both arms have
/// @param mean candidate minus baseline; 0 without pairs
/// @param standardError of the mean; with clusters, what cases of a cluster have in common is not counted as new evidence
/// @param interval 95 %; without pairs everything is possible
/// @param lowerBound the difference is above it with 95 % confidence. Half a case that flipped in each direction is added
///        (Agresti and Min 2005), and where no pair got worse it is at most what that many pairs can exclude (20 pairs: -0.14)
public record PairedDifference(int pairs, double mean, double standardError, Interval interval, double lowerBound) {
    private static final double ALPHA = 0.05;

    /// Of cases that have nothing to do with each other.
    public static PairedDifference of(double[] differences) {
        return of(differences, ownCluster(differences.length));
    }

    /// Cluster-robust: the squares are taken over the sums of clusters (Miller 2024, section 2.2).
    ///
    /// @param clusters to which cluster each difference belongs, numbered from 0
    public static PairedDifference of(double[] differences, int[] clusters) {
        var n = differences.length;
        if (n == 0) {
            return new PairedDifference(0, 0, 0, new Interval(-1, 1), -1);
        }
        var mean = Arrays.stream(differences).average().orElse(0);
        var sums = clusterSums(differences, clusters, mean);
        var squares = Arrays.stream(sums).map(value -> value * value).sum();
        var error = Math.sqrt(squares) / n;
        var bound = Math.min(mean - Normal.ONE_SIDED_95 * Math.sqrt(squares + 1) / (n + 1),
                Arrays.stream(differences).noneMatch(each -> each < 0) ? unseen(sums.length) : 0);
        return new PairedDifference(n, mean, error, Interval.around(mean, error), Math.max(-1, bound));
    }

    /// The greatest share of pairs that may get worse, below zero, while none of `pairs` did.
    private static double unseen(int pairs) {
        return Math.pow(ALPHA, 1.0 / pairs) - 1;
    }

    /// How many pairs without one that got worse lift the bound above `-margin`.
    static int pairsWithout(double margin) {
        return (int) Math.min(Integer.MAX_VALUE, Math.floor(Math.log(ALPHA) / Math.log1p(-margin)) + 1);
    }

    static int[] ownCluster(int n) {
        var clusters = new int[n];
        Arrays.setAll(clusters, i -> i);
        return clusters;
    }

    static double[] clusterSums(double[] differences, int[] clusters, double mean) {
        var sums = new double[Arrays.stream(clusters).max().orElse(-1) + 1];
        for (var i = 0; i < differences.length; i++) {
            sums[clusters[i]] += differences[i] - mean;
        }
        return sums;
    }
}
