package dev.promptlab.eval.assertion;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// How near two texts are as vectors.
final class Similarity {
    private static final double BY_DEFAULT = 0.75;
    private static final double NOTHING = Math.ulp(1.0);

    private final Judge judge;

    Similarity(Judge judge) {
        this.judge = judge;
    }

    /// The nearest of several texts counts; with `not-`, none may be near.
    Grade grade(Check check) throws JudgeException, InterruptedException {
        var texts = new ArrayList<>(NgramScores.references(check));
        texts.add(check.text());
        var vectors = vectors(texts, check);
        var output = vectors.getLast();
        Grade best = null;
        for (var expected : vectors.subList(0, vectors.size() - 1)) {
            var grade = grade(check, expected, output);
            if (best == null || (check.inverse() ? grade.score() < best.score() : grade.score() > best.score())) {
                best = grade;
            }
        }
        return Objects.requireNonNull(best);
    }

    List<float[]> vectors(List<String> texts, Check check) throws JudgeException, InterruptedException {
        var vectors = judge.embed(texts, check.spec().judge());
        if (vectors.size() != texts.size()
                || vectors.stream()
                        .anyMatch(vector -> vector.length == 0 || vector.length != vectors.getFirst().length)) {
            throw new JudgeException("the embeddings do not fit the texts");
        }
        return vectors;
    }

    private static Grade grade(Check check, float[] expected, float[] output) {
        double threshold = check.threshold(BY_DEFAULT);
        if (check.spec().type() == AssertionType.SIMILAR_EUCLIDEAN) {
            double distance = euclidean(expected, output);
            double near = 1 / (1 + distance);
            boolean pass = check.inverse() ? distance >= threshold - NOTHING : distance <= threshold + NOTHING;
            return Grade.of(pass, check.inverse() ? 1 - near : near,
                    "Distance " + Check.number(distance) + ", threshold " + Check.number(threshold));
        }
        double similarity = check.spec().type() == AssertionType.SIMILAR_DOT ? dot(expected, output)
                : cosine(expected, output);
        boolean pass = check.inverse() ? similarity <= threshold + NOTHING : similarity >= threshold - NOTHING;
        return Grade.of(pass, check.inverse() ? 1 - similarity : similarity,
                "Similarity " + Check.number(similarity) + ", threshold " + Check.number(threshold));
    }

    static double cosine(float[] a, float[] b) {
        double lengths = Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b));
        return lengths == 0 ? 0 : dot(a, b) / lengths;
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    private static double euclidean(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.pow((double) a[i] - b[i], 2);
        }
        return Math.sqrt(sum);
    }
}
