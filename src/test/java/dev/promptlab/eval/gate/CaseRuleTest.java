package dev.promptlab.eval.gate;

import java.util.Locale;

import dev.promptlab.eval.gate.CaseRule.Kind;
import dev.promptlab.eval.gate.CaseRule.Reruns;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class CaseRuleTest {
    @ParameterizedTest
    @CsvSource({"3, 3, 0, BROKEN", "3, 0, 3, RECOVERED", "5, 5, 1, WORSE", "5, 4, 0, WORSE", "5, 1, 5, RECOVERED",
            "2, 1, 1, FLAKY", "5, 3, 1, FLAKY", "5, 5, 5, FLAKY"})
    void someReRunsAreClear(int pairs, int baseline, int candidate, Kind kind) {
        assertThat(CaseRule.decide(new Reruns(pairs, baseline, candidate))).contains(kind);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "1, 1, 0", "2, 2, 0", "2, 0, 2", "3, 3, 1"})
    void othersNeedMore(int pairs, int baseline, int candidate) {
        assertThat(CaseRule.decide(new Reruns(pairs, baseline, candidate))).isEmpty();
    }

    @Test
    void itAlwaysEndsAfterFive() {
        for (var pattern = 0; pattern < 1 << 10; pattern++) {
            var reruns = Reruns.NONE;
            for (var i = 0; i < CaseRule.MAX_RERUNS; i++) {
                reruns = reruns.plus((pattern >> i & 1) == 1, (pattern >> (i + 5) & 1) == 1);
            }
            assertThat(CaseRule.decide(reruns)).as(reruns.toString().toLowerCase(Locale.ROOT)).isPresent();
        }
    }
}
