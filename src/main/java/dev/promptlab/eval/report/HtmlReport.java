package dev.promptlab.eval.report;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import dev.promptlab.eval.gate.CaseFinding;
import dev.promptlab.eval.gate.Comparison;
import dev.promptlab.eval.statistics.Interval;

import static dev.promptlab.eval.report.Text.escape;

/// One file without scripts that asks for nothing from anywhere. Texts of a case share 1,200 bytes, so that 1,000 cases stay
/// below 2 MB.
final class HtmlReport {
    private static final int TEXT_BYTES = 1_200;
    private static final int FEWEST_BYTES = 60;
    private static final int TITLE = 160;
    private static final int CHART_WIDTH = 420;

    private static final String HEAD = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width">
            <title>{title}</title>
            <style>
            :root{color-scheme:light dark}
            body{font:14px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem}
            h1{font-size:1.4rem}
            table{border-collapse:collapse;width:100%;margin:1rem 0}
            th,td{text-align:left;vertical-align:top;padding:.3rem .5rem;border-bottom:1px solid #8884}
            pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:.2rem 0;font-size:12px}
            .pass{color:#15803d}.fail,.regressed{color:#b91c1c}.error,.errors,.inconclusive{color:#b45309}
            b.v{padding:.1rem .5rem;border:1px solid currentColor;border-radius:.3rem}
            svg text{font:11px system-ui,sans-serif;fill:currentColor}
            @media(prefers-color-scheme:dark){.pass{color:#4ade80}.fail,.regressed{color:#f87171}.error,.errors,.inconclusive{color:#fbbf24}}
            </style></head><body>
            """;

    private final RunReport report;
    private final Map<String, CaseFinding> findings;
    private final Writer out;

    private HtmlReport(RunReport report, Writer out) {
        this.report = report;
        this.findings = report.findings();
        this.out = out;
    }

    static void write(RunReport report, Writer out) throws IOException {
        new HtmlReport(report, out).write();
    }

    private void write() throws IOException {
        var verdict = report.gate().verdict();
        out.write(HEAD.replace("{title}", escape(report.info().suite())));
        out.write("<h1>" + escape(report.info().suite()) + " <b class=\"v " + verdict.word() + "\">" + verdict
                + "</b></h1>\n<p>" + escape(report.info().description()) + "</p>\n<ul>");
        for (var reason : report.gate().reasons()) {
            out.write("<li>" + escape(reason));
        }
        out.write("</ul>\n");
        summary();
        comparisons();
        quarantine();
        out.write("<table><thead><tr><th>case<th>arm<th>result<th>score<th>answer and reason</thead><tbody>\n");
        report.eachCase(rows -> {
            if (isInteresting(rows)) {
                rows(rows);
            }
        });
        report.eachCase(rows -> {
            if (!isInteresting(rows)) {
                rows(rows);
            }
        });
        out.write("</tbody></table></body></html>\n");
    }

    /// What got worse or failed stands first.
    private boolean isInteresting(List<ResultRow> rows) {
        return rows.stream().anyMatch(row -> !row.passed() || findings.containsKey(row.key()));
    }

    private void summary() throws IOException {
        var totals = report.gate().arms().candidate();
        var execution = report.execution();
        out.write("<p>Candidate " + escape(report.info().candidate()) + ", baseline "
                + escape(Objects.requireNonNullElse(report.info().baseline(), "none")) + ". " + totals.passed() + " of "
                + totals.graded() + " answers passed, " + totals.errors() + " errors. " + execution.calls()
                + " calls, " + execution.cacheHits() + " from the cache, " + Text.usd(execution.spentUsd()) + ", "
                + execution.took().toSeconds() + " s.</p>\n");
    }

    private void comparisons() throws IOException {
        if (report.gate().comparisons().isEmpty()) {
            return;
        }
        out.write("<table><thead><tr><th>metric<th>rates and difference<th>worse<th>better<th>p<th>sees drops from"
                + "<th>verdict</thead><tbody>\n");
        for (var each : report.gate().comparisons()) {
            out.write("<tr><td>" + escape(each.name()) + "<td>" + chart(each) + "<td>" + each.regressed() + "<td>"
                    + each.improved() + "<td>" + escape(each.chance()) + "<td>"
                    + Text.percent(each.smallestDrop()) + "<td class=\"" + each.verdict().word() + "\">"
                    + each.verdict() + "\n");
        }
        out.write("</tbody></table>\n");
    }

    /// Both rates from 0 to 100 %, the difference from -25 to +25 points, each with its interval.
    private static String chart(Comparison each) {
        var label = "baseline " + MarkdownReport.rate(each.baseline()) + ", candidate "
                + MarkdownReport.rate(each.candidate()) + ", difference " + Text.points(each.difference().mean())
                + " points";
        return "<svg width=\"" + (CHART_WIDTH + 150) + "\" height=\"62\" role=\"img\" aria-label=\"" + escape(label)
                + "\">" + bar(0, "baseline", each.baseline().mean(), orPoint(each.baseline()), 0, 1,
                        Text.percent(each.baseline().mean()))
                + bar(20, "candidate", each.candidate().mean(), orPoint(each.candidate()), 0, 1,
                        Text.percent(each.candidate().mean()))
                + bar(40, "difference", each.difference().mean(), each.difference().interval(), -0.25, 0.25,
                        Text.points(each.difference().mean()))
                + "<path d=\"M" + (75 + CHART_WIDTH / 2) + " 42v16\" stroke=\"currentColor\" opacity=\".4\"/></svg>";
    }

    private static Interval orPoint(Comparison.Rate rate) {
        return rate.interval() == null ? new Interval(rate.mean(), rate.mean()) : rate.interval();
    }

    private static String bar(int top, String name, double value, Interval interval, double low, double high,
            String figure) {
        return String.format(Locale.ROOT, "<text x=\"0\" y=\"%d\">%s</text>"
                + "<path d=\"M%.1f %dH%.1f\" stroke=\"#888\" stroke-width=\"5\" opacity=\".5\"/>"
                + "<circle cx=\"%.1f\" cy=\"%d\" r=\"4\" fill=\"currentColor\"/><text x=\"%d\" y=\"%d\">%s</text>",
                top + 14, name, x(interval.low(), low, high), top + 10, x(interval.high(), low, high),
                x(value, low, high), top + 10, 85 + CHART_WIDTH, top + 14, figure);
    }

    private static double x(double value, double low, double high) {
        return 75 + CHART_WIDTH * (Math.clamp(value, low, high) - low) / (high - low);
    }

    private void quarantine() throws IOException {
        for (var each : report.gate().quarantined()) {
            out.write("<p>In quarantine until " + each.until() + ": " + escape(each.caseId()) + " ("
                    + escape(each.reason()) + ")</p>\n");
        }
        for (var each : report.gate().expired()) {
            out.write("<p>Quarantine is over since " + each.until() + ": " + escape(each.caseId()) + "</p>\n");
        }
    }

    private void rows(List<ResultRow> rows) throws IOException {
        var room = Math.max(FEWEST_BYTES, TEXT_BYTES / rows.size());
        var title = fit(Text.oneLine(rows.getFirst().title()), TITLE);
        for (var row : rows) {
            var finding = findings.get(row.key());
            var reason = row.passed() ? "" : fit(row.reason(), room / 2);
            out.write("<tr><td>" + title + "<td>" + fit(row.arm(), TITLE) + (row.repeat() == 0 ? ""
                    : " #" + (row.repeat() + 1)) + "<td class=\"" + row.status().word() + "\">" + row.status().word()
                    + (finding == null ? "" : ", " + finding.kind().word()) + "<td>"
                    + String.format(Locale.ROOT, "%.2f", row.score()) + "<td><pre>"
                    + fit(Objects.requireNonNullElse(row.output(), ""), room - reason.length()) + "</pre>" + reason
                    + "\n");
            title = "";
        }
    }

    /// Escaped, and at most about so many bytes long.
    private static String fit(String text, int bytes) {
        var cut = Text.cut(text, Math.max(2, bytes));
        var escaped = escape(cut);
        while (escaped.getBytes(StandardCharsets.UTF_8).length > bytes && cut.length() > 2) {
            cut = Text.cut(cut.substring(0, cut.length() - 1), Math.max(2, cut.length() * 3 / 4));
            escaped = escape(cut);
        }
        return escaped;
    }
}
