package dev.promptlab.eval.report;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import javax.xml.parsers.DocumentBuilderFactory;

import dev.promptlab.eval.gate.Arm;
import dev.promptlab.eval.gate.CaseFacts;
import dev.promptlab.eval.gate.CaseFinding;
import dev.promptlab.eval.gate.CaseRule.Kind;
import dev.promptlab.eval.gate.CaseRule.Reruns;
import dev.promptlab.eval.gate.Gate;
import dev.promptlab.eval.gate.GatePolicy;
import dev.promptlab.eval.gate.Score;
import dev.promptlab.eval.gate.ScoreBook;
import dev.promptlab.eval.report.ResultRow.AssertionResult;
import dev.promptlab.eval.report.ResultRow.Status;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

import static org.assertj.core.api.Assertions.assertThat;

class ReportsTest {
    private static final String HOSTILE = "</pre><script>alert(1)</script> =1+1 ]]> | @all \u0000\u001b[2J \"'";

    @Test
    void jsonReadsBackAndRepeatsItself() throws IOException {
        var report = report(20, 3, HOSTILE);
        var text = written(Reports.JSON, report);
        var json = Json.parse(text);
        assertThat(json.path("schema").asText()).isEqualTo("promptlab.eval.result/1");
        assertThat(json.path("gate").path("verdict").asText()).isEqualTo("inconclusive");
        assertThat(json.path("gate").path("comparisons").path(0).path("regressed").asInt()).isEqualTo(3);
        var rows = json.path("rows").valueStream().map(ResultRow::read).toList();
        var expected = new ArrayList<ResultRow>();
        report.rows().each(expected::add);
        assertThat(rows).isEqualTo(expected);
        assertThat(written(Reports.JSON, report(20, 3, HOSTILE))).isEqualTo(text);
    }

    @Test
    void jsonLinesAreOneRowALine() throws IOException {
        var lines = written(Reports.JSON_LINES, report(5, 0, "a\nb")).lines().map(Json::parse).toList();
        assertThat(lines).hasSize(6);
        assertThat(lines.getFirst().path("output").asText()).isEqualTo("a\nb");
        assertThat(lines.getLast().path("cells").asLong()).isEqualTo(5);
    }

    @Test
    void junitCountsWhatItShows() throws Exception {
        var xml = xml(written(Reports.JUNIT, report(20, 3, HOSTILE)));
        var suite = xml.getElementsByTagName("testsuite").item(0).getAttributes();
        assertThat(suite.getNamedItem("tests").getNodeValue()).isEqualTo("21");
        assertThat(suite.getNamedItem("failures").getNodeValue()).isEqualTo("2");
        assertThat(xml.getElementsByTagName("failure").getLength()).isEqualTo(2);
        assertThat(xml.getElementsByTagName("flakyFailure").getLength()).isEqualTo(1);
        assertThat(xml.getElementsByTagName("failure").item(0).getAttributes().getNamedItem("message").getNodeValue())
                .startsWith("contains \"x\": not in </pre><script>");
        var cases = xml.getElementsByTagName("testcase");
        assertThat(cases.item(cases.getLength() - 1).getAttributes().getNamedItem("name").getNodeValue())
                .isEqualTo("gate");
    }

    @Test
    void htmlRunsNothingAndStaysSmall() throws IOException {
        var html = written(Reports.HTML, report(1_000, 40, HOSTILE.repeat(500)));
        assertThat(html).doesNotContain("<script").doesNotContain("http://").doesNotContain("https://")
                .doesNotContain("\u0000").doesNotContain("\u001b").contains("default-src 'none'").contains("<svg");
        assertThat(html.getBytes(StandardCharsets.UTF_8).length).isLessThan(2_000_000);
        assertThat(html.indexOf(">fail")).isLessThan(html.indexOf("<td class=\"pass\">pass"));
    }

    @Test
    void markdownFitsIntoACommentAndHoldsNoMarkupOfOthers() throws IOException {
        var markdown = written(Reports.MARKDOWN, report(2_000, 1_500, HOSTILE));
        assertThat(markdown.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(65_000);
        assertThat(markdown).contains("more lines did not fit").contains("REGRESSED").doesNotContain("<script")
                .doesNotContain("@all");
        assertThat(written(Reports.MARKDOWN, report(20, 1, "x"))).contains("| flaky |");
    }

    @Test
    void csvHasNoFormulas() throws IOException {
        var csv = written(Reports.CSV, report(2, 0, "=cmd|' /C calc'!A0 \"q\"\nnext"));
        assertThat(csv).startsWith("caseId,description,").contains("\"'=cmd|' /C calc'!A0 \"\"q\"\"\nnext\"");
        assertThat(CsvReport.text("-1")).isEqualTo("\"'-1\"");
    }

    @Test
    void theTerminalShowsWhatGotWorseFirstAndNoWiderThanItIs() throws IOException {
        var wide = terminal(report(80, 3, HOSTILE), 60);
        var lines = wide.lines().toList();
        assertThat(lines.get(1)).contains("case 0").contains("FAIL");
        assertThat(wide).contains("and 30 more cases").contains("flaky: case 0").doesNotContain("\u001b");
        assertThat(lines.stream().limit(50)).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(60));
    }

    @Test
    void progressWritesALineEveryFiveSecondsWhereNothingMoves() {
        var bytes = new ByteArrayOutputStream();
        var progress = new Progress(
                new Terminal(new PrintStream(bytes, true, StandardCharsets.UTF_8), false, false, 80));
        for (var seconds = 1; seconds <= 11; seconds++) {
            progress.show(new Progress.State(seconds * 10L, 200, 3, 0, 0.012, -0.012, Duration.ofSeconds(seconds)));
        }
        progress.end();
        assertThat(bytes.toString(StandardCharsets.UTF_8).lines()).containsExactly(
                "50/200, 3 cached, 10/s, USD 0.0120, ETA 15 s, -1.2 points",
                "100/200, 3 cached, 10/s, USD 0.0120, ETA 10 s, -1.2 points");
    }

    @Test
    void theEndingOfTheFileChoosesTheForm() {
        assertThat(Reports.of(Path.of("out/a.junit.xml"))).contains(Reports.JUNIT);
        assertThat(Reports.of(Path.of("a.jsonl"))).contains(Reports.JSON_LINES);
        assertThat(Reports.of(Path.of("a.txt"))).isEmpty();
        assertThat(Reports.endings()).isEqualTo(".junit.xml, .json, .jsonl, .html, .md, .csv");
    }

    private static String terminal(RunReport report, int width) throws IOException {
        var bytes = new ByteArrayOutputStream();
        new TerminalReport(report,
                new Terminal(new PrintStream(bytes, true, StandardCharsets.UTF_8), false, false, width)).print();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static String written(Reports form, RunReport report) throws IOException {
        var out = new StringWriter();
        form.write(report, out);
        return out.toString();
    }

    private static Document xml(String text) throws Exception {
        return DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder()
                .parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    /// The first cases got worse, the very first of them is flaky; the others pass in both arms.
    private static RunReport report(int cases, int worse, String output) {
        var facts = new ArrayList<CaseFacts>();
        var rows = new ArrayList<ResultRow>();
        for (var i = 0; i < cases; i++) {
            facts.add(new CaseFacts("c" + i, "case " + i, Set.of(), null, false));
            rows.add(row(i, i >= worse, output));
        }
        var book = new ScoreBook(facts);
        rows.forEach(row -> book.add(row.toScore()));
        rows.forEach(row -> book.add(new Score(row.key(), Arm.BASELINE, 0, 1, true, false,
                Map.of(), null, null)));
        var findings = worse == 0 ? List.<CaseFinding>of()
                : List.of(new CaseFinding("c0", Kind.FLAKY, new Reruns(5, 5, 5), false));
        var gate = new Gate(book, GatePolicy.DEFAULT, LocalDate.of(2026, 11, 25)).decide(findings);
        var info = new RunReport.Info("run1", "greet", "says hello", List.of("mock:echo"), "B", "A", cases, cases);
        return new RunReport(info, new RunReport.Execution(Instant.EPOCH, Duration.ofSeconds(2), cases, 0, 0.0), gate,
                Json.object(), "complete", Map.of(), book, reader -> {
                    for (var row : rows) {
                        reader.row(row);
                    }
                });
    }

    private static ResultRow row(int i, boolean pass, String output) {
        var status = pass ? Status.PASS : Status.FAIL;
        return new ResultRow("c" + i, "c" + i, "case " + i, Json.object().put("n", i), "mock:echo", Arm.CANDIDATE, 0,
                status, pass ? 1 : 0.25, output, pass ? "" : "contains \"x\": not in " + output, Map.of("tone", 0.5),
                List.of(new AssertionResult("contains", status, pass ? 1 : 0, "")), 3, 4, 0.001, 12L, false);
    }
}
