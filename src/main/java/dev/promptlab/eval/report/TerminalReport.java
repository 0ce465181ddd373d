package dev.promptlab.eval.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import dev.promptlab.eval.gate.CaseFinding;
import dev.promptlab.eval.gate.Comparison;
import dev.promptlab.eval.gate.Verdict;
import dev.promptlab.eval.report.RunReport.Change;
import dev.promptlab.eval.report.Terminal.Colour;

/// What stands on the terminal after a run: the matrix, what got worse first, as wide as the terminal; then figures and verdict.
public final class TerminalReport {
    private static final int MOST_CASES = 50;
    private static final int CELL = 14;
    private static final int MOST_FINDINGS = 10;
    private static final int RERUNS_WIDTH = 54;
    private static final int NARROW = 30;

    private final RunReport report;
    private final Terminal terminal;
    private final Map<String, CaseFinding> findings;
    private final List<String> columns;

    public TerminalReport(RunReport report, Terminal terminal) {
        this.report = report;
        this.terminal = terminal;
        this.findings = report.findings();
        this.columns = report.info().arms();
    }

    public void print() throws IOException {
        matrix();
        report.gate().comparisons().forEach(each -> line(comparison(each)));
        var totals = report.gate().arms().candidate();
        var execution = report.execution();
        line(totals.passed() + " of " + totals.graded() + " passed, " + totals.errors() + " errors; "
                + execution.calls() + " calls, " + execution.cacheHits() + " cached, "
                + Text.usd(execution.spentUsd()) + ", "
                + String.format(Locale.ROOT, "%.1f s", execution.took().toMillis() / 1_000.0));
        findings();
        report.gate().quarantined().forEach(each -> line("  in quarantine until " + each.until() + ": "
                + Text.oneLine(each.caseId() + " (" + each.reason() + ")")));
        report.gate().expired().forEach(each -> line("  quarantine is over since " + each.until() + ": "
                + Text.oneLine(each.caseId())));
        verdict();
    }

    private void findings() {
        var all = report.gate().findings();
        all.stream().limit(MOST_FINDINGS).forEach(each -> line(Text.cut("  " + each.kind().word() + ": "
                + Text.oneLine(report.book().nameOf(each.caseId())), Math.max(NARROW, terminal.width() - RERUNS_WIDTH))
                + " (re-runs passed: candidate " + each.reruns().candidatePassed() + ", baseline "
                + each.reruns().baselinePassed() + " of " + each.reruns().pairs() + ")"));
        if (all.size() > MOST_FINDINGS) {
            line("  and " + (all.size() - MOST_FINDINGS) + " more cases that were run again");
        }
    }

    private void line(String text) {
        terminal.out().println(text);
    }

    private void verdict() {
        var verdict = report.gate().verdict();
        var colour = switch (verdict) {
            case PASS -> Colour.GREEN;
            case REGRESSED, ERRORS -> Colour.RED;
            case INCONCLUSIVE -> Colour.YELLOW;
        };
        line("");
        line(terminal.colour(colour, verdict == Verdict.ERRORS ? "TOO MANY ERRORS" : verdict.toString()));
        report.gate().reasons().forEach(reason -> line("  " + Text.oneLine(reason)));
    }

    private String comparison(Comparison each) {
        return String.format(Locale.ROOT, "%s: baseline %s, candidate %s, difference %s points (%s to %s), "
                + "%d worse, %d better, p %s; sees drops from %s", each.name(), MarkdownReport.rate(each.baseline()),
                MarkdownReport.rate(each.candidate()), Text.points(each.difference().mean()),
                Text.points(each.difference().interval().low()), Text.points(each.difference().interval().high()),
                each.regressed(), each.improved(), each.chance(), Text.percent(each.smallestDrop()));
    }

    /// Cases in the order of how much they matter.
    private enum Rank {
        REGRESSED, FAILING, IMPROVED, PASSING
    }

    /// A line of the matrix; only the first of each rank are kept.
    private record Line(String title, List<List<ResultRow>> cells, String note) {}

    private void matrix() throws IOException {
        var ranks = new EnumMap<Rank, List<Line>>(Rank.class);
        var all = new int[1];
        report.eachCase(rows -> {
            all[0]++;
            var rank = ranks.computeIfAbsent(rank(rows), _ -> new ArrayList<>());
            if (rank.size() < MOST_CASES) {
                rank.add(asLine(rows));
            }
        });
        var lines = ranks.values().stream().flatMap(List::stream).limit(MOST_CASES).toList();
        header();
        lines.forEach(this::print);
        if (all[0] > lines.size()) {
            line("  and " + (all[0] - lines.size()) + " more cases");
        }
        line("");
    }

    private Rank rank(List<ResultRow> rows) {
        if (rows.stream().anyMatch(row -> report.change(row.key()) == Change.REGRESSED)) {
            return Rank.REGRESSED;
        }
        if (!rows.stream().allMatch(ResultRow::passed)) {
            return Rank.FAILING;
        }
        return rows.stream().anyMatch(row -> report.change(row.key()) == Change.IMPROVED) ? Rank.IMPROVED
                : Rank.PASSING;
    }

    private Line asLine(List<ResultRow> rows) {
        var cells = columns.stream()
                .map(arm -> rows.stream().filter(row -> row.arm().equals(arm)).toList()).toList();
        var failed = rows.stream().filter(row -> !row.passed()).findFirst();
        var note = rows.stream().map(row -> findings.get(row.key())).filter(Objects::nonNull).findFirst()
                .map(finding -> Objects.requireNonNull(finding).kind().word() + "; ").orElse("");
        return new Line(rows.getFirst().title(), cells, note + failed.map(ResultRow::reason).orElse(""));
    }

    private int shownColumns() {
        return Math.max(1, Math.min(columns.size(), (terminal.width() - 24) / (CELL + 1)));
    }

    private int titleWidth() {
        return Math.max(10, Math.min(48, terminal.width() - shownColumns() * (CELL + 1) - 1));
    }

    private void header() {
        var head = new StringBuilder(pad("case", titleWidth()));
        columns.stream().limit(shownColumns()).forEach(arm -> head.append(' ').append(pad(arm, CELL)));
        line(terminal.colour(Colour.BOLD, head.toString()));
        if (columns.size() > shownColumns()) {
            line("  " + (columns.size() - shownColumns()) + " more arms do not fit; -o file.html shows all");
        }
    }

    private void print(Line each) {
        var text = new StringBuilder(pad(each.title(), titleWidth()));
        each.cells().stream().limit(shownColumns()).forEach(rows -> text.append(' ').append(cell(rows)));
        line(text.toString());
        if (!each.note().isBlank()) {
            line(terminal.colour(Colour.DIM, Text.cut("    " + Text.oneLine(each.note()), terminal.width() - 1)));
        }
    }

    private String cell(List<ResultRow> rows) {
        if (rows.isEmpty()) {
            return pad("-", CELL);
        }
        var passed = rows.stream().filter(ResultRow::passed).count();
        var errors = rows.stream().filter(row -> row.status() == ResultRow.Status.ERROR).count();
        var score = rows.stream().mapToDouble(ResultRow::score).average().orElse(0);
        var word = errors > 0 ? "error" : passed == rows.size() ? "pass" : passed == 0 ? "FAIL"
                : "pass " + passed + "/" + rows.size();
        var colour = errors > 0 ? Colour.YELLOW : passed == rows.size() ? Colour.GREEN : Colour.RED;
        return terminal.colour(colour, pad(word + String.format(Locale.ROOT, " %.2f", score), CELL));
    }

    private static String pad(String text, int width) {
        var cut = Text.cut(Text.oneLine(text), width);
        return cut + " ".repeat(Math.max(0, width - cut.length()));
    }
}
