package dev.promptlab.eval.statistics;

import java.util.Arrays;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/// Figures that other people's programs give: R (binom, exact2x2), statsmodels, and the paper on error bars.
class KnownAnswersTest {
    private static final Offset<Double> EXACT = within(1e-4);

    @ParameterizedTest
    @CsvSource({"17, 20, 0.639583, 0.947574", "5, 5, 0.565518, 1", "0, 10, 0, 0.277533", "50, 100, 0.403832, 0.596168",
            "0, 0, 0, 1"})
    void wilson(int passed, int runs, double low, double high) {
        var interval = Interval.ofRate(passed, runs);
        assertThat(interval.low()).isCloseTo(low, EXACT);
        assertThat(interval.high()).isCloseTo(high, EXACT);
    }

    @ParameterizedTest
    @CsvSource({"209, 152, 0.003160, 0.001580", "44, 19, 0.002245, 0.001122", "0, 0, 1, 1", "5, 0, 0.0625, 0.03125",
            "1, 6, 0.125, 0.992188", "3, 3, 1, 0.65625"})
    void mcNemar(int worse, int better, double twoSided, double oneSided) {
        assertThat(McNemar.different(worse, better)).isCloseTo(twoSided, EXACT);
        assertThat(McNemar.worse(worse, better)).isCloseTo(oneSided, EXACT);
    }

    @Test
    void thePairedDifferenceOfManyBinaryScores() {
        var difference = PairedDifference.of(differences(209, 152, 1_319));
        assertThat(difference.mean()).isCloseTo(-0.0432, EXACT);
        assertThat(difference.standardError()).isCloseTo(0.014356, EXACT);
        assertThat(difference.interval().low()).isCloseTo(-0.0714, within(1e-3));
        assertThat(difference.lowerBound()).isCloseTo(-0.0668, within(1e-3));
        assertThat(PairedDifference.of(new double[20]).lowerBound()).isCloseTo(-0.1391, EXACT);
        assertThat(PairedDifference.of(new double[0]).lowerBound()).isEqualTo(-1);
    }

    @Test
    void copiesOfACaseAreNoNewEvidence() {
        double[] once = {-1, 0, 1, 0.5, -0.5, 0};
        var copied = new double[once.length * 4];
        var clusters = new int[copied.length];
        Arrays.setAll(copied, i -> once[i / 4]);
        Arrays.setAll(clusters, i -> i / 4);
        assertThat(PairedDifference.of(copied, clusters).standardError())
                .isCloseTo(PairedDifference.of(once).standardError(), EXACT);
        assertThat(SignFlip.worse(copied, clusters)).isEqualTo(SignFlip.worse(once));
    }

    @Test
    void signFlipCountsAllPatternsOfFewDifferences() {
        assertThat(SignFlip.worse(new double[]{-1, -1, -1, -1, -1, 0, 0})).isEqualTo(1 / 32.0);
        assertThat(SignFlip.worse(new double[]{-0.5, -0.25, 0.25})).isEqualTo(3 / 8.0);
        assertThat(SignFlip.worse(new double[]{0, 0})).isEqualTo(1);
        assertThat(SignFlip.worse(new double[]{})).isEqualTo(1);
    }

    @Test
    void signFlipOfManyBinaryScoresIsNearTheExactTest() {
        assertThat(SignFlip.worse(differences(44, 19, 250))).isCloseTo(McNemar.worse(44, 19), within(0.002));
        assertThat(SignFlip.worse(differences(30, 25, 250))).isCloseTo(McNemar.worse(30, 25), within(0.015));
    }

    @Test
    void holm() {
        assertThat(Holm.adjust(new double[]{0.01, 0.04, 0.03, 0.005}))
                .containsExactly(new double[]{0.03, 0.06, 0.06, 0.02}, within(1e-12));
        assertThat(Holm.adjust(new double[]{0.6, 0.7})).containsExactly(1, 1);
    }

    @Test
    void fisher() {
        assertThat(Fisher.fewer(0, 5, 5, 5)).isCloseTo(1 / 252.0, EXACT);
        assertThat(Fisher.fewer(0, 3, 3, 3)).isCloseTo(0.05, EXACT);
        assertThat(Fisher.fewer(1, 5, 5, 5)).isCloseTo(0.0238, EXACT);
        assertThat(Fisher.fewer(5, 5, 0, 5)).isCloseTo(1, EXACT);
    }

    @Test
    void power() {
        assertThat(Power.casesFor(0.03, Power.deviation(0.95))).isEqualTo(653);
        assertThat(Power.smallestDrop(653, Power.deviation(0.95))).isCloseTo(0.03, EXACT);
        assertThat(Power.smallestDrop(20, 0.01)).isEqualTo(0.25);
        assertThat(Power.smallestDrop(0, 0.3)).isEqualTo(1);
        assertThat(Power.casesForMargin(0, 0.05, 0.3)).isEqualTo(98);
        assertThat(Power.casesForMargin(-0.05, 0.05, 0.3)).isEqualTo(-1);
        assertThatThrownBy(() -> Power.casesFor(0, 0.3)).hasMessageContaining("a drop lies above 0");
    }

    @Test
    void kappa() {
        var agreement = Agreement.of(20, 5, 10, 15);
        assertThat(agreement.rate()).isCloseTo(0.7, EXACT);
        assertThat(agreement.kappa()).isCloseTo(0.4, EXACT);
        assertThat(Agreement.of(9, 0, 0, 0).kappa()).isZero();
        assertThat(Agreement.of(0, 0, 0, 0).rows()).isZero();
    }

    static double[] differences(int worse, int better, int cases) {
        var differences = new double[cases];
        Arrays.fill(differences, 0, worse, -1);
        Arrays.fill(differences, worse, worse + better, 1);
        return differences;
    }
}
