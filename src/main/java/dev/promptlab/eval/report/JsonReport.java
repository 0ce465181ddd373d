package dev.promptlab.eval.report;

import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.eval.gate.Comparison;
import dev.promptlab.eval.gate.GatePolicy.Quarantine;
import dev.promptlab.eval.gate.GateResult;
import dev.promptlab.eval.gate.GateResult.Totals;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// Everything, for programs: `{schema, run, gate, ..., rows: [...]}` with a row a line. Two runs of the same answers differ in
/// `runId` and under `execution` only.
final class JsonReport {
    /// Changes when a reader of the old form would read the new one wrongly.
    static final String SCHEMA = "promptlab.eval.result/1";

    private JsonReport() {}

    static void write(RunReport report, Writer out) throws IOException {
        var head = Json.text(head(report));
        out.write(head.substring(0, head.length() - 1));
        out.write(",\"rows\":[");
        var separator = new String[]{"\n"};
        report.rows().each(row -> {
            out.write(separator[0]);
            out.write(Json.text(row.toJson()));
            separator[0] = ",\n";
        });
        out.write("\n]}\n");
    }

    /// All but the rows.
    static ObjectNode head(RunReport report) {
        var info = report.info();
        var json = Json.object().put("schema", SCHEMA).put("runId", info.runId()).put("suite", info.suite())
                .put("description", info.description()).put("ended", report.ended());
        info.arms().forEach(json.putArray("arms")::add);
        json.put("candidate", info.candidate()).put("baseline", info.baseline()).put("cases", info.cases())
                .put("cells", info.cells());
        json.set("grading", report.grading());
        json.set("gate", gate(report.gate()));
        var derived = json.putObject("derivedMetrics");
        new TreeMap<>(report.derived()).forEach((arm, metrics) -> {
            var named = derived.putObject(arm);
            new TreeMap<>(metrics).forEach(named::put);
        });
        json.set("execution", execution(report));
        return json;
    }

    private static ObjectNode execution(RunReport report) {
        var execution = report.execution();
        var json = Json.object().put("startedAt", Json.time(execution.startedAt()))
                .put("tookMs", execution.took().toMillis()).put("calls", execution.calls())
                .put("cacheHits", execution.cacheHits()).put("spentUsd", execution.spentUsd());
        var arms = report.gate().arms();
        json.put("candidateLatencyP95Ms", arms.candidate().latencyP95Ms());
        json.put("baselineLatencyP95Ms", arms.baseline() == null ? null : arms.baseline().latencyP95Ms());
        return json;
    }

    private static ObjectNode gate(GateResult gate) {
        var json = Json.object().put("verdict", gate.verdict().word());
        gate.reasons().forEach(json.putArray("reasons")::add);
        json.set("candidate", totals(gate.arms().candidate()));
        json.set("baseline", totals(gate.arms().baseline()));
        var comparisons = json.putArray("comparisons");
        gate.comparisons().forEach(each -> comparisons.add(comparison(each)));
        findings(gate, json.putArray("cases"));
        var guards = json.putArray("guards");
        gate.guards().forEach(guard -> guards.addObject().put("name", guard.name()).put("limit", guard.limit())
                .put("value", guard.value()).put("held", guard.held()));
        quarantine(gate.quarantined(), json.putArray("quarantined"));
        quarantine(gate.expired(), json.putArray("expiredQuarantine"));
        return json.put("unpaired", gate.unpaired());
    }

    private static void findings(GateResult gate, ArrayNode cases) {
        gate.findings().forEach(each -> cases.addObject().put("key", each.caseId()).put("kind", each.kind().word())
                .put("reruns", each.reruns().pairs()).put("baselinePassed", each.reruns().baselinePassed())
                .put("candidatePassed", each.reruns().candidatePassed()));
    }

    private static void quarantine(List<Quarantine> cases, ArrayNode array) {
        cases.forEach(each -> array.addObject().put("case", each.caseId()).put("until", each.until().toString())
                .put("reason", each.reason()));
    }

    private static @Nullable ObjectNode totals(@Nullable Totals totals) {
        return totals == null ? null : Json.object().put("graded", totals.graded()).put("passed", totals.passed())
                .put("errors", totals.errors()).put("passRate", totals.passRate()).put("costUsd", totals.costUsd());
    }

    private static ObjectNode comparison(Comparison each) {
        var json = Json.object().put("metric", each.metric()).put("tag", each.tag())
                .put("verdict", each.verdict().word()).put("pairs", each.difference().pairs());
        json.set("baseline", rate(each.baseline()));
        json.set("candidate", rate(each.candidate()));
        var difference = each.difference();
        json.put("difference", difference.mean()).put("standardError", difference.standardError())
                .put("low", difference.interval().low()).put("high", difference.interval().high())
                .put("lowerBound", difference.lowerBound()).put("regressed", each.regressed())
                .put("improved", each.improved()).put("test", each.test()).put("p", each.p())
                .put("adjustedP", each.adjustedP()).put("smallestDrop", each.smallestDrop())
                .put("casesNeeded", each.casesNeeded());
        return json;
    }

    private static ObjectNode rate(Comparison.Rate rate) {
        var json = Json.object().put("mean", rate.mean());
        return rate.interval() == null ? json
                : json.put("low", rate.interval().low()).put("high", rate.interval().high());
    }
}
