package dev.promptlab.eval.gate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Scores as they come in, summed by case and arm: a few numbers a case, however often it is repeated. Not thread-safe.
public final class ScoreBook {
    private final List<CaseFacts> cases;
    private final Map<String, Integer> places = new HashMap<>();
    private final ArmBook baseline;
    private final ArmBook candidate;

    public ScoreBook(List<CaseFacts> cases) {
        this.cases = List.copyOf(cases);
        for (var facts : cases) {
            places.putIfAbsent(facts.id(), places.size());
        }
        if (places.size() != cases.size()) {
            throw new IllegalArgumentException("two cases have the same id");
        }
        baseline = new ArmBook(cases.size());
        candidate = new ArmBook(cases.size());
    }

    /// Scores of cases that are not in the suite (a baseline may have more) are passed over.
    public void add(Score score) {
        var place = places.get(score.caseId());
        if (place != null) {
            arm(score.arm()).add(place, score);
        }
    }

    public List<CaseFacts> cases() {
        return cases;
    }

    /// Whether anything of this arm was seen.
    public boolean has(Arm arm) {
        return arm(arm).rows() > 0;
    }

    /// What people call a case; its id when it is none of these.
    public String nameOf(String caseId) {
        var place = places.get(caseId);
        return place == null ? caseId : cases.get(place).name();
    }

    /// Pass rate of the candidate minus that of the baseline, of one case; empty when either has none.
    public Optional<Double> passDifference(String caseId) {
        var place = places.get(caseId);
        return place == null ? Optional.empty() : mean(place, Arm.CANDIDATE, GatePolicy.PASS)
                .flatMap(after -> mean(place, Arm.BASELINE, GatePolicy.PASS).map(before -> after - before));
    }

    /// Mean over the repeats of a case; empty where none was graded.
    Optional<Double> mean(int place, Arm arm, String metric) {
        return arm(arm).mean(place, metric);
    }

    ArmBook arm(Arm arm) {
        return arm == Arm.BASELINE ? baseline : candidate;
    }

    /// One arm.
    static final class ArmBook {
        private final int[] graded;
        private final int[] passed;
        private final double[] scores;
        private final Map<String, double[][]> metrics = new HashMap<>();
        private int rows;
        private int errors;
        private double costUsd;
        private boolean costKnown = true;
        private int[] latencies = new int[16];
        private int timed;
        private int mostRepeats;

        ArmBook(int cases) {
            graded = new int[cases];
            passed = new int[cases];
            scores = new double[cases];
        }

        private void add(int place, Score score) {
            rows++;
            addCost(score);
            if (score.error()) {
                errors++;
                return;
            }
            graded[place]++;
            mostRepeats = Math.max(mostRepeats, graded[place]);
            passed[place] += score.pass() ? 1 : 0;
            scores[place] += score.score();
            score.metrics().forEach((name, value) -> addMetric(place, name, value));
        }

        private void addCost(Score score) {
            if (score.costUsd() == null) {
                costKnown = false;
            } else {
                costUsd += score.costUsd();
            }
            if (score.latencyMs() != null) {
                latencies = timed < latencies.length ? latencies : Arrays.copyOf(latencies, timed * 2);
                latencies[timed++] = Math.clamp(score.latencyMs(), 0, Integer.MAX_VALUE);
            }
        }

        private void addMetric(int place, String name, double value) {
            var sums = metrics.computeIfAbsent(name, _ -> new double[2][graded.length]);
            sums[0][place] += value;
            sums[1][place]++;
        }

        int rows() {
            return rows;
        }

        int errors() {
            return errors;
        }

        int graded(int place) {
            return graded[place];
        }

        int passed(int place) {
            return passed[place];
        }

        boolean single() {
            return mostRepeats <= 1;
        }

        Optional<Double> mean(int place, String metric) {
            if (graded[place] == 0) {
                return Optional.empty();
            }
            return switch (metric) {
                case GatePolicy.PASS -> Optional.of((double) passed[place] / graded[place]);
                case GatePolicy.SCORE -> Optional.of(scores[place] / graded[place]);
                default -> named(place, metric);
            };
        }

        private Optional<Double> named(int place, String metric) {
            var sums = metrics.get(metric);
            return sums == null || sums[1][place] == 0 ? Optional.empty()
                    : Optional.of(sums[0][place] / sums[1][place]);
        }

        List<String> metricNames() {
            var names = new ArrayList<>(metrics.keySet());
            names.sort(null);
            return names;
        }

        Optional<Double> costUsd() {
            return costKnown && rows > 0 ? Optional.of(costUsd) : Optional.empty();
        }

        /// Nearest rank; empty when every answer came from a cache.
        Optional<Long> latencyP95() {
            if (timed == 0) {
                return Optional.empty();
            }
            var sorted = Arrays.copyOf(latencies, timed);
            Arrays.sort(sorted);
            return Optional.of((long) sorted[(int) Math.ceil(timed * 0.95) - 1]);
        }
    }
}
