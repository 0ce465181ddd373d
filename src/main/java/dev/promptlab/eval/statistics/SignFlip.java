package dev.promptlab.eval.statistics;

import java.util.Arrays;
import java.util.SplittableRandom;

/// Permutation test for paired scores of any kind: when nothing changed, each difference could as well have had the other sign.
/// Exact over all sign patterns up to 2^16, else 10,000 patterns from a fixed seed, so that the same scores give the same answer.
public final class SignFlip {
    static final int EXACT = 16;
    static final int PATTERNS = 10_000;
    private static final long SEED = 20_241_100_640L;
    /// Sums that differ by rounding only are equal.
    private static final double ROUNDING = 1e-9;

    private SignFlip() {}

    /// How likely a sum of differences as low as this one is when nothing changed; 1 when all are zero.
    public static double worse(double[] differences) {
        return worse(differences, PairedDifference.ownCluster(differences.length));
    }

    /// As [#worse(double\[\])], where the differences of a cluster only turn together.
    public static double worse(double[] differences, int[] clusters) {
        var sums = Arrays.stream(PairedDifference.clusterSums(differences, clusters, 0))
                .filter(sum -> Math.abs(sum) > ROUNDING).toArray();
        return sums.length <= EXACT ? exact(sums) : sampled(sums);
    }

    private static double exact(double[] sums) {
        var observed = Arrays.stream(sums).sum() + ROUNDING;
        var patterns = 1 << sums.length;
        var asLow = 0;
        for (var pattern = 0; pattern < patterns; pattern++) {
            if (flipped(sums, 0, sums.length, pattern) <= observed) {
                asLow++;
            }
        }
        return (double) asLow / patterns;
    }

    /// The pattern that was observed counts as one of those tried, so that the answer is never 0.
    private static double sampled(double[] sums) {
        var observed = Arrays.stream(sums).sum() + ROUNDING;
        var random = new SplittableRandom(SEED);
        var asLow = 1;
        for (var i = 0; i < PATTERNS; i++) {
            var sum = 0.0;
            for (var start = 0; start < sums.length; start += Long.SIZE) {
                sum += flipped(sums, start, Math.min(sums.length, start + Long.SIZE), random.nextLong());
            }
            if (sum <= observed) {
                asLow++;
            }
        }
        return (double) asLow / (PATTERNS + 1);
    }

    private static double flipped(double[] sums, int start, int end, long signs) {
        var sum = 0.0;
        for (var i = start; i < end; i++) {
            sum += (signs >>> (i - start) & 1) == 0 ? sums[i] : -sums[i];
        }
        return sum;
    }
}
