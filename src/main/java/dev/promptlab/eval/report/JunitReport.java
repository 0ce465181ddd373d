package dev.promptlab.eval.report;

import java.io.IOException;
import java.io.Writer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import dev.promptlab.eval.gate.Arm;
import dev.promptlab.eval.gate.CaseFinding;
import dev.promptlab.eval.gate.CaseRule.Kind;
import dev.promptlab.eval.gate.Verdict;
import dev.promptlab.eval.report.ResultRow.Status;

import static dev.promptlab.eval.report.Text.escape;

/// JUnit's XML, as CI servers read it: the candidate's cells, then one case `gate` with the verdict. A failure that did not come
/// back when it was run again is a `flakyFailure`, which does not count as a failure.
final class JunitReport {
    private final RunReport report;
    private final Map<String, CaseFinding> findings;
    private final Writer out;

    private JunitReport(RunReport report, Writer out) {
        this.report = report;
        this.findings = report.findings();
        this.out = out;
    }

    static void write(RunReport report, Writer out) throws IOException {
        new JunitReport(report, out).write();
    }

    private void write() throws IOException {
        var counts = new EnumMap<Status, Integer>(Status.class);
        candidate(row -> counts.merge(seen(row), 1, Integer::sum));
        var tests = counts.values().stream().mapToInt(Integer::intValue).sum() + 1;
        var blocked = report.gate().verdict() == Verdict.REGRESSED ? 1 : 0;
        var totals = "tests=\"" + tests + "\" failures=\"" + (counts.getOrDefault(Status.FAIL, 0) + blocked)
                + "\" errors=\""
                + (counts.getOrDefault(Status.ERROR, 0) + (report.gate().verdict() == Verdict.ERRORS ? 1 : 0))
                + "\" time=\""
                + seconds(report.execution().took().toMillis()) + "\"";
        var name = escape(report.info().suite());
        out.write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites " + totals + ">\n<testsuite name=\"" + name
                + "\" " + totals + ">\n");
        candidate(this::test);
        gate(name);
        out.write("</testsuite>\n</testsuites>\n");
    }

    private void candidate(RunReport.Rows.Reader reader) throws IOException {
        report.rows().each(row -> {
            if (row.side() == Arm.CANDIDATE) {
                reader.row(row);
            }
        });
    }

    private boolean isFlaky(ResultRow row) {
        var finding = findings.get(row.key());
        return row.status() == Status.FAIL && finding != null && finding.kind() == Kind.FLAKY;
    }

    private Status seen(ResultRow row) {
        return isFlaky(row) ? Status.PASS : row.status();
    }

    private void test(ResultRow row) throws IOException {
        out.write("<testcase classname=\"" + escape(report.info().suite() + "." + row.arm()) + "\" name=\""
                + escape(Text.oneLine(row.title()) + (row.repeat() == 0 ? "" : " #" + (row.repeat() + 1)))
                + "\" time=\"" + seconds(Objects.requireNonNullElse(row.latencyMs(), 0L)) + "\"");
        if (row.passed()) {
            out.write("/>\n");
            return;
        }
        var element = row.status() == Status.ERROR ? "error" : isFlaky(row) ? "flakyFailure" : "failure";
        out.write("><" + element + " message=\"" + escape(Text.cut(Text.oneLine(row.reason()), 500)) + "\" type=\""
                + row.status().word() + "\">" + escape(row.reason() + "\n\n"
                        + Objects.requireNonNullElse(row.output(), ""))
                + "</" + element + "></testcase>\n");
    }

    private void gate(String suite) throws IOException {
        var reasons = escape(String.join("\n", report.gate().reasons()));
        out.write("<testcase classname=\"" + suite + "\" name=\"gate\" time=\"0\">");
        switch (report.gate().verdict()) {
            case PASS, INCONCLUSIVE -> out.write("<system-out>" + report.gate().verdict() + ": " + reasons
                    + "</system-out>");
            case REGRESSED -> out.write("<failure type=\"regressed\" message=\"" + reasons + "\"/>");
            case ERRORS -> out.write("<error type=\"errors\" message=\"" + reasons + "\"/>");
        }
        out.write("</testcase>\n");
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.3f", millis / 1_000.0);
    }
}
