package dev.promptlab.eval.assertion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// How much of a text stands in a reference, by runs of words.
final class NgramScores {
    private static final int LONGEST = 4;
    private static final double NEARLY_ZERO = 1e-7;
    private static final Pattern SPACES = Pattern.compile("\\s+");

    private NgramScores() {}

    /// BLEU (Papineni et al. 2002), up to four words, of the reference whose length is nearest for the brevity penalty. Orders
    /// longer than the text are left out; an order without a match counts as 1e-7.
    static double bleu(String text, List<String> references) {
        if (text.isBlank()) {
            return 0;
        }
        var candidate = words(text);
        var others = references.stream().map(NgramScores::words).toList();
        double logs = 0;
        int orders = 0;
        for (int n = 1; n <= LONGEST && n <= candidate.size(); n++) {
            var grams = ngrams(candidate, n);
            int best = 0;
            for (var other : others) {
                best = Math.max(best, common(grams, ngrams(other, n)));
            }
            logs += Math.log(best == 0 ? NEARLY_ZERO : (double) best / (candidate.size() - n + 1));
            orders++;
        }
        return brevity(candidate.size(), others) * Math.exp(logs / orders);
    }

    private static double brevity(int length, List<List<String>> references) {
        int nearest = references.getFirst().size();
        for (var reference : references) {
            int distance = Math.abs(reference.size() - length);
            int best = Math.abs(nearest - length);
            if (distance < best || (distance == best && reference.size() < nearest)) {
                nearest = reference.size();
            }
        }
        return length > nearest ? 1 : Math.exp(1 - (double) nearest / length);
    }

    /// Google's BLEU (Wu et al. 2016): the lesser of precision and recall over runs of one to four words; the best reference
    /// counts. Full stops at the end of words are of no matter.
    static double gleu(String text, List<String> references) {
        if (text.isEmpty()) {
            throw new Ungradable("there is no text to compare");
        }
        var candidate = wordsWithoutStops(text);
        return references.stream().mapToDouble(reference -> gleu(candidate, wordsWithoutStops(reference))).max()
                .orElse(0);
    }

    private static double gleu(List<String> candidate, List<String> reference) {
        if (candidate.equals(reference)) {
            return 1;
        }
        int matches = 0;
        int inCandidate = 0;
        int inReference = 0;
        for (int n = 1; n <= LONGEST; n++) {
            matches += common(ngrams(candidate, n), ngrams(reference, n));
            inCandidate += Math.max(0, candidate.size() - n + 1);
            inReference += Math.max(0, reference.size() - n + 1);
        }
        int larger = Math.max(inCandidate, inReference);
        return Math.min(inCandidate, inReference) == 0 ? 0 : (double) matches / larger;
    }

    /// ROUGE-1 (Lin 2004): the harmonic mean of precision and recall of single words of the Penn Treebank, without case.
    static double rouge(String text, String reference) {
        var candidate = TreebankWords.of(text.toLowerCase(Locale.ROOT));
        var other = TreebankWords.of(reference.toLowerCase(Locale.ROOT));
        if (candidate.isEmpty() || other.isEmpty()) {
            return 0;
        }
        double matches = common(ngrams(candidate, 1), ngrams(other, 1));
        return 2 * matches / (candidate.size() + other.size());
    }

    private static List<String> words(String text) {
        return Arrays.asList(SPACES.split(text.toLowerCase(Locale.ROOT).strip()));
    }

    private static List<String> wordsWithoutStops(String text) {
        return words(text).stream().map(NgramScores::withoutStops).toList();
    }

    private static String withoutStops(String word) {
        int end = word.length();
        while (end > 0 && word.charAt(end - 1) == '.') {
            end--;
        }
        return word.substring(0, end);
    }

    private static Map<String, Integer> ngrams(List<String> words, int n) {
        var counts = new HashMap<String, Integer>();
        for (int i = 0; i + n <= words.size(); i++) {
            counts.merge(String.join(" ", words.subList(i, i + n)), 1, Integer::sum);
        }
        return counts;
    }

    private static int common(Map<String, Integer> a, Map<String, Integer> b) {
        return a.entrySet().stream().mapToInt(entry -> Math.min(entry.getValue(), b.getOrDefault(entry.getKey(), 0)))
                .sum();
    }

    static List<String> references(Check check) {
        var references = new ArrayList<>(Values.texts(check.value()));
        if (references.isEmpty()) {
            throw new Ungradable("there is no reference to compare with");
        }
        return references;
    }
}
