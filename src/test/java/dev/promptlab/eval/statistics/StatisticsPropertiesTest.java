package dev.promptlab.eval.statistics;

import java.util.Arrays;
import java.util.SplittableRandom;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class StatisticsPropertiesTest {
    @Property(tries = 300)
    void anIntervalHoldsItsRateAndShrinksWithTrials(@ForAll @IntRange(min = 1, max = 100_000) int trials,
            @ForAll @DoubleRange(min = 0, max = 1) double share) {
        var passed = Math.round(share * trials);
        var interval = Interval.ofRate(passed, trials);
        assertThat(interval.contains((double) passed / trials)).isTrue();
        assertThat(interval.low()).isBetween(0.0, 1.0);
        assertThat(interval.high()).isBetween(0.0, 1.0);
        var ten = Interval.ofRate(passed * 10, trials * 10L);
        assertThat(ten.high() - ten.low()).isLessThan(interval.high() - interval.low());
    }

    @Property(tries = 300)
    void theTwoSidesOfTheExactTestAddUp(@ForAll @IntRange(max = 2_000) int worse,
            @ForAll @IntRange(max = 2_000) int better) {
        var p = McNemar.worse(worse, better);
        assertThat(p).isBetween(0.0, 1.0);
        assertThat(McNemar.worse(worse + 1, better)).isLessThanOrEqualTo(p + 1e-9);
        var exactly = Math.exp(Combinations.logOf(worse + better, worse) - (worse + better) * Math.log(2));
        assertThat(p + McNemar.worse(better, worse)).isCloseTo(1 + exactly, within(1e-9));
    }

    @Property(tries = 200)
    void aPermutationTestOfBinaryScoresIsTheExactTest(@ForAll @IntRange(max = 8) int worse,
            @ForAll @IntRange(max = 8) int better) {
        assertThat(SignFlip.worse(KnownAnswersTest.differences(worse, better, 20)))
                .isCloseTo(McNemar.worse(worse, better), within(1e-9));
    }

    @Property(tries = 30)
    void aPermutationTestKnowsNoOrderAndRepeatsItself(@ForAll @IntRange(max = 1_000_000) int seed) {
        var differences = numbers(seed, 40, -1, 1);
        var p = SignFlip.worse(differences);
        assertThat(p).isGreaterThan(0).isLessThanOrEqualTo(1).isEqualTo(SignFlip.worse(differences.clone()));
        var opposite = Arrays.stream(differences).map(each -> -each).toArray();
        assertThat(p + SignFlip.worse(opposite)).isCloseTo(1, within(0.03));
    }

    @Property(tries = 200)
    void holmOnlyEverRaises(@ForAll @IntRange(max = 1_000_000) int seed, @ForAll @IntRange(min = 1, max = 12) int n) {
        var p = numbers(seed, n, 0, 1);
        var adjusted = Holm.adjust(p);
        for (var i = 0; i < n; i++) {
            assertThat(adjusted[i]).isBetween(p[i], Math.min(1, p[i] * n) + 1e-12);
        }
    }

    @Property(tries = 200)
    void whatPowerAsksForSeesTheDrop(@ForAll @IntRange(min = 5, max = 500) int dropPerMille,
            @ForAll @IntRange(min = 5, max = 70) int deviationPercent) {
        var drop = dropPerMille / 1_000.0;
        var deviation = deviationPercent / 100.0;
        assertThat(Power.smallestDrop(Power.casesFor(drop, deviation), deviation)).isLessThanOrEqualTo(drop + 1e-9);
    }

    private static double[] numbers(int seed, int n, double low, double high) {
        return new SplittableRandom(seed).doubles(n, low, high).toArray();
    }
}
