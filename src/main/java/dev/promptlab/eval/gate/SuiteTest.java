package dev.promptlab.eval.gate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.function.IntPredicate;

import dev.promptlab.eval.gate.ScoreBook.ArmBook;
import dev.promptlab.eval.statistics.Holm;
import dev.promptlab.eval.statistics.Interval;
import dev.promptlab.eval.statistics.McNemar;
import dev.promptlab.eval.statistics.PairedDifference;
import dev.promptlab.eval.statistics.Power;
import dev.promptlab.eval.statistics.SignFlip;
import org.jspecify.annotations.Nullable;

/// The suite rule: each gating metric over all cases and over each gating tag, one paired test each, Holm over all of them.
final class SuiteTest {
    static final double ALPHA = 0.05;
    private static final double SAME = 1e-12;

    private final ScoreBook book;
    private final GatePolicy policy;
    private final IntPredicate counts;

    /// @param counts which cases take part, by place
    SuiteTest(ScoreBook book, GatePolicy policy, IntPredicate counts) {
        this.book = book;
        this.policy = policy;
        this.counts = counts;
    }

    List<Comparison> compare() {
        var questions = new ArrayList<Pairs>();
        for (var metric : policy.metrics()) {
            questions.add(pairs(metric, null));
            policy.tags().forEach(tag -> questions.add(pairs(metric, tag)));
        }
        var adjusted = Holm.adjust(questions.stream().mapToDouble(pairs -> pairs.p).toArray());
        var comparisons = new ArrayList<Comparison>();
        for (var i = 0; i < adjusted.length; i++) {
            comparisons.add(comparison(questions.get(i), adjusted[i]));
        }
        return comparisons;
    }

    /// The two scores of each case that has both.
    private static final class Pairs {
        final String metric;
        final @Nullable String tag;
        final double[] baseline;
        final double[] candidate;
        final int[] clusters;
        /// One repeat, scores of 0 or 1, no clusters.
        final boolean binary;
        final int worse;
        final int better;
        final double p;

        Pairs(String metric, @Nullable String tag, double[] baseline, double[] candidate, int[] clusters,
                boolean binary) {
            this.metric = metric;
            this.tag = tag;
            this.baseline = baseline;
            this.candidate = candidate;
            this.clusters = clusters;
            this.binary = binary;
            this.worse = (int) Arrays.stream(differences()).filter(each -> each < -SAME).count();
            this.better = (int) Arrays.stream(differences()).filter(each -> each > SAME).count();
            this.p = binary ? McNemar.worse(worse, better) : SignFlip.worse(differences(), clusters);
        }

        double[] differences() {
            var differences = new double[baseline.length];
            Arrays.setAll(differences, i -> candidate[i] - baseline[i]);
            return differences;
        }
    }

    private Pairs pairs(String metric, @Nullable String tag) {
        var baseline = new double[book.cases().size()];
        var candidate = new double[baseline.length];
        var clusters = new int[baseline.length];
        var names = new HashMap<String, Integer>();
        var n = 0;
        for (var place = 0; place < clusters.length; place++) {
            var before = book.mean(place, Arm.BASELINE, metric);
            var after = book.mean(place, Arm.CANDIDATE, metric);
            if (!counts.test(place) || !has(place, tag) || before.isEmpty() || after.isEmpty()) {
                continue;
            }
            baseline[n] = before.get();
            candidate[n] = after.get();
            clusters[n++] = names.computeIfAbsent(cluster(place), _ -> names.size());
        }
        var clustered = names.size() < n;
        return new Pairs(metric, tag, Arrays.copyOf(baseline, n), Arrays.copyOf(candidate, n),
                Arrays.copyOf(clusters, n), !clustered && single() && areBinary(baseline, candidate));
    }

    private boolean has(int place, @Nullable String tag) {
        return tag == null || book.cases().get(place).tags().contains(tag);
    }

    /// Names of clusters and of cases must not meet.
    private String cluster(int place) {
        var facts = book.cases().get(place);
        return facts.cluster() == null ? "case " + facts.id() : "cluster " + facts.cluster();
    }

    private boolean single() {
        return Arrays.stream(Arm.values()).map(book::arm).allMatch(ArmBook::single);
    }

    private static boolean areBinary(double[]... arms) {
        return Arrays.stream(arms).flatMapToDouble(Arrays::stream).allMatch(score -> score == 0 || score == 1);
    }

    private Comparison comparison(Pairs pairs, double adjustedP) {
        var difference = PairedDifference.of(pairs.differences(), pairs.clusters);
        var verdict = verdict(difference, adjustedP);
        var deviation = Power.deviation(difference);
        return new Comparison(pairs.metric, pairs.tag, rate(pairs, pairs.baseline),
                rate(pairs, pairs.candidate), difference, pairs.worse, pairs.better,
                pairs.binary ? "mcnemar" : "sign-flip", pairs.p, adjustedP,
                Power.smallestDrop(difference.pairs(), deviation),
                verdict == Verdict.INCONCLUSIVE ? needed(difference, deviation) : 0, verdict);
    }

    private Verdict verdict(PairedDifference difference, double adjustedP) {
        if (adjustedP <= ALPHA && -difference.mean() > policy.tolerance() + SAME) {
            return Verdict.REGRESSED;
        }
        return difference.lowerBound() > -policy.margin() ? Verdict.PASS : Verdict.INCONCLUSIVE;
    }

    /// To exclude a drop of the margin; where the drop seen is that large already, to be sure of it.
    private int needed(PairedDifference difference, double deviation) {
        var toPass = Power.casesForMargin(difference.mean(), policy.margin(), deviation);
        var wanted = toPass < 0 ? Power.casesFor(Math.min(1, -difference.mean()), deviation) : toPass;
        return Math.max(wanted, difference.pairs() + 1);
    }

    private static Comparison.Rate rate(Pairs pairs, double[] scores) {
        var mean = Arrays.stream(scores).average().orElse(0);
        return new Comparison.Rate(mean, pairs.metric.equals(GatePolicy.PASS)
                ? Interval.ofRate(Math.round(mean * scores.length), scores.length) : null);
    }
}
