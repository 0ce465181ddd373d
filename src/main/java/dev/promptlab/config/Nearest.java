package dev.promptlab.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Finds what somebody probably meant.
public final class Nearest {
    private Nearest() {}

    /// The candidate with the fewest edits to `word`, if that is at most a third of its length.
    public static Optional<String> of(String word, Collection<String> candidates) {
        int most = Math.max(1, word.length() / 3);
        return candidates.stream().filter(candidate -> Math.abs(word.length() - candidate.length()) <= most)
                .min(Comparator.comparingInt(candidate -> distance(word, candidate)))
                .filter(best -> distance(word, best) <= most);
    }

    /// `; did you mean "x"?`, or nothing when nothing is near.
    public static String hint(String word, Collection<String> candidates) {
        return of(word, candidates).map(best -> "; did you mean \"" + best + "\"?").orElse("");
    }

    /// Letters to insert, drop, replace or swap with their neighbour (optimal string alignment).
    private static int distance(String a, String b) {
        var edits = new int[a.length() + 1][b.length() + 1]; // between the first i letters of a and the first j of b
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                edits[i][j] = i == 0 || j == 0 ? i + j : fewest(edits, a, b, i, j);
            }
        }
        return edits[a.length()][b.length()];
    }

    private static int fewest(int[][] edits, String a, String b, int i, int j) {
        int replaced = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int best = Math.min(replaced, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, edits[i - 2][j - 2] + 1) : best;
    }
}
