package dev.promptlab.eval.assertion;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What became of one assertion, or of all of a case. Three states: passed, failed, and error = nobody knows.
///
/// @param pass never together with `error`
/// @param score 0 to 1 for all types but `javascript`, which may return any number; 0 with `error`
/// @param reason one line or a few, for people
/// @param namedScores metric name to weighted mean
/// @param namedWeights metric name to the weight behind its mean
/// @param parts the assertions behind it, in the order of the file; an `assert-set` is one part with parts of its own
public record Grade(
        boolean pass,
        boolean error,
        double score,
        String reason,
        Map<String, Double> namedScores,
        Map<String, Double> namedWeights,
        List<Part> parts) {

    public record Part(AssertionSpec assertion, Grade grade) {}

    public Grade {
        namedScores = Map.copyOf(namedScores);
        namedWeights = Map.copyOf(namedWeights);
        parts = List.copyOf(parts);
    }

    public static Grade of(boolean pass, double score, String reason) {
        return new Grade(pass, false, score, reason, Map.of(), Map.of(), List.of());
    }

    public static Grade error(String reason) {
        return new Grade(false, true, 0, reason, Map.of(), Map.of(), List.of());
    }

    /// With what a comparison of answers says of this one: the chosen one keeps its score, the others lose it.
    public Grade with(Part compared) {
        var all = new ArrayList<>(parts);
        all.add(compared);
        var said = compared.grade();
        return said.pass() ? new Grade(pass, error, score, reason, namedScores, namedWeights, all)
                : new Grade(false, said.error(), 0, said.reason(), namedScores, namedWeights, all);
    }
}
