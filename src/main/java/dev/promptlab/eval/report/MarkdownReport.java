package dev.promptlab.eval.report;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.promptlab.eval.gate.Arm;
import dev.promptlab.eval.gate.Comparison;
import dev.promptlab.eval.gate.Verdict;
import dev.promptlab.eval.report.RunReport.Change;

/// A comment for a pull request: the verdict, the comparison, then the cases that got worse, as many as fit into 65,000 bytes.
final class MarkdownReport {
    private static final int MAX_BYTES = 65_000;
    private static final int TITLE = 120;
    private static final int REASON = 300;

    private MarkdownReport() {}

    static void write(RunReport report, Writer out) throws IOException {
        var room = new Room(out);
        for (var line : head(report)) {
            room.add(line);
        }
        cases(report, room);
        room.end();
    }

    /// Lines while there is room.
    private static final class Room {
        private static final int NOTE = 200;
        private final Writer out;
        private int left = MAX_BYTES - NOTE;
        private int omitted;

        Room(Writer out) {
            this.out = out;
        }

        void add(String line) throws IOException {
            var size = line.getBytes(StandardCharsets.UTF_8).length + 1;
            if (size > left) {
                omitted++;
                return;
            }
            left -= size;
            out.write(line + "\n");
        }

        void end() throws IOException {
            if (omitted > 0) {
                out.write("\n" + omitted + " more lines did not fit into this comment.\n");
            }
        }
    }

    private static List<String> head(RunReport report) {
        var gate = report.gate();
        var lines = new ArrayList<String>();
        lines.add("### " + mark(gate.verdict()) + " " + safe(report.info().suite()) + ": " + gate.verdict());
        lines.add("");
        gate.reasons().forEach(reason -> lines.add("- " + safe(Text.cut(reason, REASON))));
        lines.add("");
        if (!gate.comparisons().isEmpty()) {
            lines.add("| metric | baseline | candidate | difference (95 %) | worse / better | p | sees drops from |");
            lines.add("|---|---|---|---|---|---|---|");
            gate.comparisons().forEach(each -> lines.add(comparison(each)));
            lines.add("");
        }
        var totals = gate.arms().candidate();
        lines.add(totals.passed() + " of " + totals.graded() + " answers passed, " + totals.errors() + " errors; "
                + report.execution().calls() + " calls, " + report.execution().cacheHits() + " from the cache, "
                + Text.usd(report.execution().spentUsd()) + ".");
        gate.quarantined().forEach(each -> lines.add("- in quarantine until " + each.until() + ": "
                + safe(each.caseId()) + " (" + safe(each.reason()) + ")"));
        gate.expired().forEach(each -> lines.add("- quarantine is over since " + each.until() + ": "
                + safe(each.caseId())));
        return lines;
    }

    private static String mark(Verdict verdict) {
        return switch (verdict) {
            case PASS -> "✅";
            case REGRESSED -> "❌";
            case INCONCLUSIVE -> "⚠️";
            case ERRORS -> "🛑";
        };
    }

    private static String comparison(Comparison each) {
        return String.format(Locale.ROOT, "| %s | %s | %s | %s (%s to %s) | %d / %d | %s | %s |", safe(each.name()),
                rate(each.baseline()), rate(each.candidate()), Text.points(each.difference().mean()),
                Text.points(each.difference().interval().low()), Text.points(each.difference().interval().high()),
                each.regressed(), each.improved(), each.chance().replace("<", "\\<"),
                Text.percent(each.smallestDrop()));
    }

    static String rate(Comparison.Rate rate) {
        return rate.interval() == null ? Text.percent(rate.mean())
                : Text.percent(rate.mean()) + " (" + Text.percent(rate.interval().low()) + " to "
                        + Text.percent(rate.interval().high()) + ")";
    }

    private static void cases(RunReport report, Room room) throws IOException {
        var started = new boolean[1];
        for (var change : List.of(Change.REGRESSED, Change.SAME, Change.NEW, Change.IMPROVED)) {
            report.rows().each(row -> {
                if (row.side() == Arm.CANDIDATE && !row.passed() && report.change(row.key()) == change) {
                    title(started, room);
                    room.add("| " + safe(Text.cut(Text.oneLine(row.title()), TITLE)) + " | "
                            + report.findingWord(row.key()).orElse(word(change)) + " | "
                            + safe(Text.cut(Text.oneLine(row.reason()), REASON)) + " |");
                }
            });
        }
    }

    private static void title(boolean[] started, Room room) throws IOException {
        if (!started[0]) {
            started[0] = true;
            room.add("");
            room.add("| case | | reason |");
            room.add("|---|---|---|");
        }
    }

    private static String word(Change change) {
        return switch (change) {
            case REGRESSED -> "regressed";
            case IMPROVED -> "improved";
            case SAME -> "fails as before";
            case NEW -> "fails";
        };
    }

    /// No markup, no HTML, no mention of people, no link: texts of models are only text.
    static String safe(String text) {
        var safe = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(point -> {
            switch (point) {
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '&' -> safe.append("&amp;");
                case '@' -> safe.append("&#64;");
                case '#' -> safe.append("&#35;");
                case ':' -> safe.append("&#58;");
                case '|', '`', '*', '_', '[', ']', '(', ')', '~', '!', '\\' -> safe.append('\\').appendCodePoint(point);
                case '\n', '\r' -> safe.append(' ');
                default -> safe.appendCodePoint(point);
            }
        });
        return safe.toString();
    }
}
