package dev.promptlab.eval.gate;

import java.time.LocalDate;
import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// How often the gate is wrong, over suites whose truth is known. In `mixed` suites four of five cases always pass and the others
/// do so in three of four answers, in `even` suites every answer is drawn alike: the hardest case, since pairs then say least.
class SimulationTest {
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 25);
    /// A test at 5 % is seen at up to 6.4 % in one of a hundred series of 1,000.
    private static final double FIVE_PERCENT_SEEN = 0.064;

    private record Suite(int cases, int repeats, double hardShare, double hardPass) {
        static Suite mixed(int cases, int repeats) {
            return new Suite(cases, repeats, 0.2, 0.75);
        }

        static Suite even(int cases, int repeats) {
            return new Suite(cases, repeats, 1, 0.95);
        }
    }

    @Test
    void nothingChangedAndTheGateHardlyEverBlocks() {
        assertThat(blocked(1, 2_000, Suite.mixed(100, 1), 0)).isLessThanOrEqualTo(0.05);
        assertThat(blocked(2, 2_000, Suite.even(100, 1), 0)).isLessThanOrEqualTo(0.05);
        assertThat(blocked(3, 2_000, Suite.even(500, 1), 0)).isLessThanOrEqualTo(0.05);
        assertThat(blocked(4, 1_000, Suite.even(60, 3), 0)).isLessThanOrEqualTo(FIVE_PERCENT_SEEN);
    }

    @Test
    void aDropOfThreePointsInFiveHundredCasesIsMostlyBlocked() {
        assertThat(blocked(5, 400, Suite.mixed(500, 1), 0.03)).isGreaterThanOrEqualTo(0.6);
        assertThat(blocked(6, 400, Suite.even(500, 1), 0.03)).isGreaterThanOrEqualTo(0.5);
        assertThat(blocked(7, 60, Suite.even(500, 2), 0.03)).isGreaterThanOrEqualTo(0.7);
    }

    /// @param broken share of cases that the candidate always fails; of the pass rate a little less is lost
    private static double blocked(long seed, int suites, Suite suite, double broken) {
        var random = new SplittableRandom(seed);
        var blocked = 0;
        for (var i = 0; i < suites; i++) {
            var gate = new Gate(book(random, suite, broken), GatePolicy.DEFAULT, TODAY);
            blocked += gate.decide(List.of()).verdict() == Verdict.REGRESSED ? 1 : 0;
        }
        return (double) blocked / suites;
    }

    private static ScoreBook book(SplittableRandom random, Suite suite, double broken) {
        var book = new ScoreBook(GateTest.facts(suite.cases()));
        for (var i = 0; i < suite.cases(); i++) {
            var rate = random.nextDouble() < suite.hardShare() ? suite.hardPass() : 1;
            var after = random.nextDouble() < broken ? 0 : rate;
            for (var repeat = 0; repeat < suite.repeats(); repeat++) {
                book.add(GateTest.score(i, Arm.BASELINE, repeat, random.nextDouble() < rate));
                book.add(GateTest.score(i, Arm.CANDIDATE, repeat, random.nextDouble() < after));
            }
        }
        return book;
    }
}
