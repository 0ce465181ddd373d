package dev.promptlab.eval.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

import dev.promptlab.eval.gate.Arm;
import dev.promptlab.eval.gate.CaseFinding;
import dev.promptlab.eval.gate.CaseRule;
import dev.promptlab.eval.gate.CaseRule.Kind;
import dev.promptlab.eval.gate.Gate.Suspect;
import dev.promptlab.eval.report.ResultRow.Status;
import dev.promptlab.eval.run.CallBudget.SpentException;

/// Runs suspect cases again with fresh calls until [CaseRule] knows what they are. A stored baseline cannot be run again; it stands
/// by what it was. What was run again before a resume counts.
final class Reruns {
    /// Numbers of fresh answers begin here, far from those of repeats.
    private static final int FIRST = 1_000;

    private final Plan plan;
    private final Runner runner;
    private final RunBook book;
    private final Map<String, Boolean> known;
    private final Stop stop;

    Reruns(Plan plan, Runner runner, RunBook book, Stop stop) {
        this.plan = plan;
        this.runner = runner;
        this.book = book;
        this.known = book.reruns();
        this.stop = stop;
    }

    /// In the order of the suspects. Cases whose re-runs were all errors are left out.
    List<CaseFinding> find(List<Suspect> suspects) throws IOException, InterruptedException {
        var findings = new ArrayList<CaseFinding>();
        try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
            var pending = suspects.stream().map(each -> workers.submit(() -> look(each))).toList();
            for (var each : pending) {
                var finding = each.get();
                if (finding.reruns().pairs() > 0) {
                    findings.add(finding);
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IllegalStateException(e.getCause());
        }
        return findings;
    }

    private CaseFinding look(Suspect suspect) throws IOException, InterruptedException {
        var cells = plan.cellsOf(suspect.caseId());
        var candidate = cells.stream().filter(cell -> cell.side() == Arm.CANDIDATE).findFirst().orElseThrow();
        var baseline = cells.stream().filter(cell -> cell.side() == Arm.BASELINE).findFirst();
        var seen = CaseRule.Reruns.NONE;
        try {
            for (var attempt = 0; attempt < CaseRule.MAX_RERUNS && CaseRule.decide(seen).isEmpty()
                    && !stop.drains(); attempt++) {
                var after = pass(candidate, attempt);
                var before = baseline.isPresent() ? pass(baseline.get(), attempt)
                        : suspect.improved() ? Outcome.FAIL : Outcome.PASS;
                if (after != Outcome.ERROR && before != Outcome.ERROR) {
                    seen = seen.plus(before == Outcome.PASS, after == Outcome.PASS);
                }
            }
        } catch (SpentException e) {
            // What was seen so far is what is known.
        }
        return new CaseFinding(suspect.caseId(), kind(suspect, seen), seen, suspect.improved());
    }

    private static Kind kind(Suspect suspect, CaseRule.Reruns seen) {
        if (suspect.paired()) {
            return CaseRule.decideNow(seen);
        }
        return seen.candidatePassed() < seen.pairs() ? Kind.FAILING : Kind.FLAKY;
    }

    private enum Outcome {
        PASS, FAIL, ERROR
    }

    private Outcome pass(Cell cell, int attempt) throws SpentException, IOException, InterruptedException {
        var name = cell.key() + "\n" + cell.side().word() + "\n" + attempt;
        var before = known.get(name);
        if (before != null) {
            return before ? Outcome.PASS : Outcome.FAIL;
        }
        var row = runner.again(cell, FIRST + attempt);
        if (row.status() == Status.ERROR) {
            return Outcome.ERROR;
        }
        book.putRerun(name, row.passed());
        return row.passed() ? Outcome.PASS : Outcome.FAIL;
    }
}
