package dev.promptlab.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Finds what somebody probably meant.
public final class Nearest {
    private Nearest() {}

    /// The candidate with the fewest edits to `word`, if that is at most a third of its length.
    public static Optional<String> of(String word, Collection<String> candidates) {
        return candidates.stream().min(Comparator.comparingInt(candidate -> distance(word, candidate)))
                .filter(best -> distance(word, best) <= Math.max(1, word.length() / 3));
    }

    /// `; did you mean "x"?`, or nothing when nothing is near.
    public static String hint(String word, Collection<String> candidates) {
        return of(word, candidates).map(best -> "; did you mean \"" + best + "\"?").orElse("");
    }

    /// Levenshtein distance, one row at a time.
    private static int distance(String a, String b) {
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
