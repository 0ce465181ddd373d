package dev.promptlab.eval.gate;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

import dev.promptlab.eval.gate.CaseRule.Kind;
import dev.promptlab.eval.gate.CaseRule.Reruns;
import dev.promptlab.eval.gate.GatePolicy.Limits;
import dev.promptlab.eval.gate.GatePolicy.Quarantine;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class GateTest {
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 25);

    @Test
    void aClearDropRegresses() {
        var result = decide(book(200, 30, 5), GatePolicy.DEFAULT);
        assertThat(result.verdict()).isEqualTo(Verdict.REGRESSED);
        assertThat(result.reasons().getFirst())
                .startsWith("pass dropped by 12.5 points (30 worse, 5 better of 200, p <0.0001)");
        var comparison = result.comparisons().getFirst();
        assertThat(comparison.test()).isEqualTo("mcnemar");
        assertThat(comparison.baseline().mean()).isCloseTo(0.975, within(1e-9));
        assertThat(comparison.candidate().interval()).isNotNull();
    }

    @Test
    void aToleratedDropDoesNotRegress() {
        var tolerant = new GatePolicy(0.15, 0.2, List.of(), List.of(), Limits.NONE, 0.02, false, List.of());
        assertThat(decide(book(200, 30, 5), tolerant).verdict()).isEqualTo(Verdict.PASS);
    }

    @Test
    void equalArmsPassWhenTheCasesSuffice() {
        assertThat(decide(book(59, 0, 0), GatePolicy.DEFAULT).verdict()).isEqualTo(Verdict.PASS);
        var few = decide(book(58, 0, 0), GatePolicy.DEFAULT);
        assertThat(few.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(few.reasons()).containsExactly(
                "pass: a drop of 5.0 points cannot be excluded (lower bound -5.0 points); add about 1 case");
    }

    @Test
    void aSmallDropIsNeitherAndSaysWhatWouldDecide() {
        var result = decide(book(100, 6, 3), GatePolicy.DEFAULT);
        assertThat(result.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(result.reasons().getFirst()).contains("add about").contains("repeat each");
        assertThat(result.comparisons().getFirst().casesNeeded()).isGreaterThan(100);
    }

    @Test
    void repeatsAreAveragedAndTestedByPermutation() {
        var book = new ScoreBook(facts(40));
        for (var i = 0; i < 40; i++) {
            for (var repeat = 0; repeat < 4; repeat++) {
                book.add(score(i, Arm.BASELINE, repeat, true));
                book.add(score(i, Arm.CANDIDATE, repeat, i >= 10 || repeat == 0));
            }
        }
        var comparison = decide(book, GatePolicy.DEFAULT).comparisons().getFirst();
        assertThat(comparison.test()).isEqualTo("sign-flip");
        assertThat(comparison.p()).isEqualTo(1 / 1_024.0);
        assertThat(comparison.difference().mean()).isCloseTo(-0.1875, within(1e-9));
    }

    @Test
    void moreQuestionsMakeEachHarder() {
        var one = decide(book(200, 7, 1), GatePolicy.DEFAULT);
        assertThat(one.verdict()).isEqualTo(Verdict.REGRESSED);
        var three = new GatePolicy(0, 0.05, List.of("pass", "score"), List.of("tagged"), Limits.NONE, 0.02, false,
                List.of());
        var result = decide(book(200, 7, 1), three);
        assertThat(result.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(result.comparisons()).hasSize(4).extracting(Comparison::name)
                .contains("pass of tag:tagged", "score");
    }

    @Test
    void casesOfAClusterTurnTogether() {
        var clustered = IntStream.range(0, 100)
                .mapToObj(i -> new CaseFacts("c" + i, "case " + i, Set.of(), "cluster" + i / 10, false)).toList();
        var result = decide(fill(new ScoreBook(clustered), 100, 10, 0), GatePolicy.DEFAULT);
        assertThat(result.comparisons().getFirst().p()).isEqualTo(0.5);
        assertThat(result.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    }

    @Test
    void errorsAreNoFailures() {
        var book = new ScoreBook(facts(100));
        for (var i = 0; i < 100; i++) {
            book.add(score(i, Arm.BASELINE, 0, true));
            book.add(i < 2 ? error(i) : score(i, Arm.CANDIDATE, 0, true));
        }
        var result = decide(book, GatePolicy.DEFAULT);
        assertThat(result.verdict()).isEqualTo(Verdict.PASS);
        assertThat(result.unpaired()).isEqualTo(2);
        book.add(error(2));
        assertThat(decide(book, GatePolicy.DEFAULT).verdict()).isEqualTo(Verdict.ERRORS);
    }

    @Test
    void aCaseThatMustPassBlocksWhenItsFailureComesBack() {
        var facts = new ArrayList<>(facts(100));
        facts.set(0, new CaseFacts("c0", "refund", Set.of(), null, true));
        var gate = new Gate(fill(new ScoreBook(facts), 100, 1, 0), GatePolicy.DEFAULT, TODAY);
        assertThat(gate.suspects()).containsExactly(new Gate.Suspect("c0", false, true));
        assertThat(gate.decide(List.of(new CaseFinding("c0", Kind.FLAKY, new Reruns(5, 5, 5), false))).verdict())
                .isEqualTo(Verdict.PASS);
        var confirmed = gate.decide(List.of(new CaseFinding("c0", Kind.BROKEN, new Reruns(3, 3, 0), false)));
        assertThat(confirmed.verdict()).isEqualTo(Verdict.REGRESSED);
        assertThat(confirmed.reasons())
                .containsExactly("case \"refund\" must pass and failed again in 3 of 3 re-runs");
    }

    @Test
    void quarantineLeavesOutUntilItExpires() {
        var cases = IntStream.range(0, 10).mapToObj(i -> new Quarantine("c" + i, TODAY, "known")).toList();
        var policy = new GatePolicy(0, 0.05, List.of(), List.of(), Limits.NONE, 0.02, false, cases);
        var book = book(100, 10, 0);
        var held = new Gate(book, policy, TODAY).decide(List.of());
        assertThat(held.verdict()).isEqualTo(Verdict.PASS);
        assertThat(held.quarantined()).hasSize(10);
        var over = new Gate(book, policy, TODAY.plusDays(1)).decide(List.of());
        assertThat(over.verdict()).isEqualTo(Verdict.REGRESSED);
        assertThat(over.expired()).hasSize(10);
    }

    @Test
    void guardsHoldOrBreak() {
        var strict = new GatePolicy(0, 0.05, List.of(), List.of(), new Limits(0.99, 1.2, null, 1.1, null), 0.02,
                false, List.of());
        var book = new ScoreBook(facts(100));
        for (var i = 0; i < 100; i++) {
            book.add(priced(i, Arm.BASELINE, 0.01, 100));
            book.add(priced(i, Arm.CANDIDATE, 0.013, 105));
        }
        var result = decide(book, strict);
        assertThat(result.verdict()).isEqualTo(Verdict.REGRESSED);
        assertThat(result.reasons()).containsExactly("cost as a multiple of the baseline's is 1.3, the limit is 1.2");
        assertThat(result.guards()).extracting(GateResult.Guard::held).containsExactly(true, false, true);
    }

    @Test
    void withoutABaselineOnlyThePassRateDecides() {
        var book = new ScoreBook(facts(10));
        IntStream.range(0, 10).forEach(i -> book.add(score(i, Arm.CANDIDATE, 0, i > 0)));
        assertThat(decide(book, GatePolicy.DEFAULT).reasons().getFirst()).startsWith("there is no baseline");
        assertThat(decide(book, atLeast(0.9)).verdict()).isEqualTo(Verdict.PASS);
        assertThat(decide(book, atLeast(0.95)).verdict()).isEqualTo(Verdict.REGRESSED);
    }

    @Test
    void theKeyGateOfASuiteIsRead() throws Exception {
        var policy = GatePolicy.read(Json.read("""
                {"tolerance": "1pp", "margin": 3, "metrics": "tone", "minPassRate": "90%", "maxP95Ms": 900,
                 "inconclusive": "fail", "quarantine": [{"case": "c1", "until": "2026-12-01", "reason": "moody"}]}
                """.getBytes(StandardCharsets.UTF_8)));
        assertThat(policy).isEqualTo(new GatePolicy(0.01, 0.03, List.of("tone"), List.of(),
                new Limits(0.9, null, null, null, 900.0), 0.02, true,
                List.of(new Quarantine("c1", LocalDate.of(2026, 12, 1), "moody"))));
        assertThatThrownBy(() -> GatePolicy.read(Json.parse("{\"margin\": \"wide\"}")))
                .hasMessage("gate.margin: needs a share like 0.05, 5% or 5pp, is \"wide\"");
    }

    private static GatePolicy atLeast(double rate) {
        return new GatePolicy(0, 0.05, List.of(), List.of(), new Limits(rate, null, null, null, null), 0.02, false,
                List.of());
    }

    private static GateResult decide(ScoreBook book, GatePolicy policy) {
        return new Gate(book, policy, TODAY).decide(List.of());
    }

    static ScoreBook book(int cases, int worse, int better) {
        return fill(new ScoreBook(facts(cases)), cases, worse, better);
    }

    private static ScoreBook fill(ScoreBook book, int cases, int worse, int better) {
        for (var i = 0; i < cases; i++) {
            book.add(score(i, Arm.BASELINE, 0, i < worse || i >= worse + better));
            book.add(score(i, Arm.CANDIDATE, 0, i >= worse));
        }
        return book;
    }

    static List<CaseFacts> facts(int cases) {
        return IntStream.range(0, cases)
                .mapToObj(i -> new CaseFacts("c" + i, "case " + i, i < 50 ? Set.of("tagged") : Set.of(), null, false))
                .toList();
    }

    static Score score(int place, Arm arm, int repeat, boolean pass) {
        return new Score("c" + place, arm, repeat, pass ? 1 : 0, pass, false, Map.of(), null, null);
    }

    private static Score error(int place) {
        return new Score("c" + place, Arm.CANDIDATE, 0, 0, false, true, Map.of(), null, null);
    }

    private static Score priced(int place, Arm arm, @Nullable Double cost, long latency) {
        return new Score("c" + place, arm, 0, 1, true, false, Map.of(), cost, latency);
    }
}
