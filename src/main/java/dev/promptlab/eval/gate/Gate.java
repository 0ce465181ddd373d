package dev.promptlab.eval.gate;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

import dev.promptlab.eval.gate.GatePolicy.Quarantine;
import dev.promptlab.eval.gate.GateResult.Guard;
import dev.promptlab.eval.gate.GateResult.Totals;
import org.jspecify.annotations.Nullable;

/// Turns scores into a verdict. First too many errors, then cases that must pass, guards and the suite rule.
public final class Gate {
    private final ScoreBook book;
    private final GatePolicy policy;
    private final LocalDate today;
    private final BitSet quarantined = new BitSet();

    public Gate(ScoreBook book, GatePolicy policy, LocalDate today) {
        this.book = book;
        this.policy = policy;
        this.today = today;
        var ids = new HashSet<String>();
        policy.quarantine().stream().filter(each -> each.holds(today)).forEach(each -> ids.add(each.caseId()));
        for (var place = 0; place < book.cases().size(); place++) {
            quarantined.set(place, ids.contains(book.cases().get(place).id()));
        }
    }

    /// A case to run again.
    ///
    /// @param paired both arms; else the candidate alone, since there is nothing to compare with
    public record Suspect(String caseId, boolean improved, boolean paired) {}

    /// Cases to run again: those that pass in one arm and fail in the other, and those that must pass and do not.
    public List<Suspect> suspects() {
        var suspects = new ArrayList<Suspect>();
        for (var place = 0; place < book.cases().size(); place++) {
            suspect(place).ifPresent(suspects::add);
        }
        return suspects;
    }

    private Optional<Suspect> suspect(int place) {
        var facts = book.cases().get(place);
        var before = book.mean(place, Arm.BASELINE, GatePolicy.PASS);
        var after = book.mean(place, Arm.CANDIDATE, GatePolicy.PASS);
        if (quarantined.get(place) || after.isEmpty()) {
            return Optional.empty();
        }
        if (before.isPresent() && passes(before.get()) != passes(after.get())) {
            return Optional.of(new Suspect(facts.id(), passes(after.get()), true));
        }
        return facts.must() && after.get() < 1 ? Optional.of(new Suspect(facts.id(), false, before.isPresent()))
                : Optional.empty();
    }

    private static boolean passes(double rate) {
        return rate > 0.5;
    }

    /// @param findings of the suspects that were run again
    public GateResult decide(List<CaseFinding> findings) {
        var comparisons = book.has(Arm.BASELINE)
                ? new SuiteTest(book, policy, place -> !quarantined.get(place)).compare() : List.<Comparison>of();
        var guards = guards();
        var reasons = new ArrayList<String>();
        var verdict = verdict(comparisons, guards, findings, reasons);
        return new GateResult(verdict, reasons, comparisons, findings, guards, quarantine(true), quarantine(false),
                unpaired(), new GateResult.Arms(book.has(Arm.BASELINE) ? totals(Arm.BASELINE) : null,
                        totals(Arm.CANDIDATE)));
    }

    private Verdict verdict(List<Comparison> comparisons, List<Guard> guards, List<CaseFinding> findings,
            List<String> reasons) {
        var errors = tooManyErrors();
        if (errors.isPresent()) {
            reasons.add(errors.get());
            return Verdict.ERRORS;
        }
        musts(findings).map(this::mustFailed).forEach(reasons::add);
        guards.stream().filter(guard -> !guard.held()).map(Gate::guardBroken).forEach(reasons::add);
        comparisons.stream().filter(each -> each.verdict() == Verdict.REGRESSED).map(this::regressed)
                .forEach(reasons::add);
        if (!reasons.isEmpty()) {
            return Verdict.REGRESSED;
        }
        comparisons.stream().filter(each -> each.verdict() == Verdict.INCONCLUSIVE).map(this::inconclusive)
                .forEach(reasons::add);
        if (!reasons.isEmpty()) {
            return Verdict.INCONCLUSIVE;
        }
        reasons.add(passed(comparisons));
        return comparisons.isEmpty() && policy.limits().minPassRate() == null ? Verdict.INCONCLUSIVE : Verdict.PASS;
    }

    private String passed(List<Comparison> comparisons) {
        if (!comparisons.isEmpty()) {
            return "no drop of " + points(policy.margin()) + " or more: the lower bound is "
                    + signed(comparisons.getFirst().difference().lowerBound());
        }
        return policy.limits().minPassRate() != null
                ? "the pass rate is at least " + percent(policy.limits().minPassRate())
                : "there is no baseline to compare with; name one, or set gate.minPassRate";
    }

    /// Errors of both arms: either can make the comparison worthless.
    private Optional<String> tooManyErrors() {
        for (var arm : Arm.values()) {
            var rows = book.arm(arm).rows();
            var errors = book.arm(arm).errors();
            if (rows > 0 && errors > policy.maxErrors() * rows) {
                return Optional.of(errors + " of " + rows + " answers of the " + arm.word() + " are errors, "
                        + percent(policy.maxErrors()) + " are allowed");
            }
        }
        return book.has(Arm.CANDIDATE) ? Optional.empty() : Optional.of("the candidate has no answers");
    }

    private Stream<CaseFinding> musts(List<CaseFinding> findings) {
        var must = new HashSet<String>();
        book.cases().stream().filter(CaseFacts::must).forEach(facts -> must.add(facts.id()));
        return findings.stream().filter(finding -> must.contains(finding.caseId()))
                .filter(finding -> finding.reruns().pairs() > finding.reruns().candidatePassed());
    }

    private String mustFailed(CaseFinding finding) {
        var again = finding.reruns().pairs() - finding.reruns().candidatePassed();
        return "case \"" + book.nameOf(finding.caseId()) + "\" must pass and failed again in " + again + " of "
                + finding.reruns().pairs() + " re-runs";
    }

    private String regressed(Comparison comparison) {
        return comparison.name() + " dropped by " + points(-comparison.difference().mean()) + " ("
                + comparison.regressed() + " worse, " + comparison.improved() + " better of "
                + comparison.difference().pairs() + ", p " + comparison.chance() + ")";
    }

    private String inconclusive(Comparison comparison) {
        var pairs = comparison.difference().pairs();
        if (pairs == 0) {
            return comparison.name() + ": no case has a grade in both arms";
        }
        var more = comparison.casesNeeded() - pairs;
        return comparison.name() + ": a drop of " + points(policy.margin()) + " cannot be excluded (lower bound "
                + signed(comparison.difference().lowerBound()) + "); add about " + more
                + (more == 1 ? " case" : " cases") + (comparison.difference().standardError() == 0 ? ""
                        : ", or repeat each " + Math.ceilDiv(comparison.casesNeeded(), pairs) + " times");
    }

    private List<Guard> guards() {
        var limits = policy.limits();
        var candidate = book.arm(Arm.CANDIDATE);
        var baseline = book.arm(Arm.BASELINE);
        var p95 = candidate.latencyP95().map(Long::doubleValue);
        var guards = new ArrayList<Guard>();
        if (limits.minPassRate() != null) {
            guards.add(minPassRate(limits.minPassRate()));
        }
        addAtMost(guards, "cost as a multiple of the baseline's", limits.maxCostRatio(),
                ratio(baseline.costUsd(), candidate.costUsd()));
        addAtMost(guards, "cost in USD", limits.maxCostUsd(), candidate.costUsd());
        addAtMost(guards, "p95 latency as a multiple of the baseline's", limits.maxP95Ratio(),
                ratio(baseline.latencyP95().map(Long::doubleValue), p95));
        addAtMost(guards, "p95 latency in ms", limits.maxP95Ms(), p95);
        return guards;
    }

    private static Optional<Double> ratio(Optional<Double> before, Optional<Double> after) {
        return before.filter(value -> value > 0).flatMap(value -> after.map(other -> other / value));
    }

    /// Where the value is unknown nothing is broken, and the guard shows none.
    private static void addAtMost(List<Guard> guards, String name, @Nullable Double limit, Optional<Double> value) {
        if (limit != null) {
            guards.add(new Guard(name, limit, value.orElse(null), value.isEmpty() || value.get() <= limit));
        }
    }

    private Guard minPassRate(double limit) {
        var graded = 0;
        var passed = 0;
        for (var place = 0; place < book.cases().size(); place++) {
            graded += quarantined.get(place) ? 0 : book.arm(Arm.CANDIDATE).graded(place);
            passed += quarantined.get(place) ? 0 : book.arm(Arm.CANDIDATE).passed(place);
        }
        var rate = graded == 0 ? null : (Double) ((double) passed / graded);
        return new Guard("pass rate", limit, rate, rate != null && rate >= limit);
    }

    private static String guardBroken(Guard guard) {
        var is = guard.value() == null ? "unknown" : figure(guard.value());
        return guard.name() + " is " + is + ", the limit is " + figure(guard.limit());
    }

    private static String figure(double value) {
        return BigDecimal.valueOf(value).setScale(4, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString();
    }

    private List<Quarantine> quarantine(boolean holding) {
        return policy.quarantine().stream().filter(each -> each.holds(today) == holding).toList();
    }

    private int unpaired() {
        var unpaired = 0;
        for (var place = 0; book.has(Arm.BASELINE) && place < book.cases().size(); place++) {
            unpaired += (book.arm(Arm.BASELINE).graded(place) == 0) == (book.arm(Arm.CANDIDATE).graded(place) == 0)
                    ? 0 : 1;
        }
        return unpaired;
    }

    private Totals totals(Arm arm) {
        var side = book.arm(arm);
        var graded = 0;
        var passed = 0;
        for (var place = 0; place < book.cases().size(); place++) {
            graded += side.graded(place);
            passed += side.passed(place);
        }
        @Nullable
        Double cost = side.costUsd().orElse(null);
        return new Totals(graded, passed, side.errors(), cost, side.latencyP95().orElse(null));
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", share * 100);
    }

    static String points(double share) {
        return String.format(Locale.ROOT, "%.1f points", share * 100);
    }

    private static String signed(double share) {
        return String.format(Locale.ROOT, "%+.1f points", share * 100);
    }
}
