package dev.promptlab.eval.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.eval.gate.Arm;
import dev.promptlab.eval.gate.CaseFacts;
import dev.promptlab.eval.gate.Gate;
import dev.promptlab.eval.gate.GatePolicy;
import dev.promptlab.eval.gate.Score;
import dev.promptlab.eval.gate.ScoreBook;
import dev.promptlab.eval.report.ResultRow;
import dev.promptlab.eval.report.RunReport;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// A run that has ended: its rows and what its grades depend on. Found by label, run id, or as a result file.
///
/// @param name as it was asked for
/// @param grading see [RunReport#grading]
/// @param rows of the candidate, in order
public record StoredRun(String name, ObjectNode grading, List<ResultRow> rows) {
    public StoredRun {
        rows = List.copyOf(rows);
    }

    /// @throws InvalidRunException when there is no such run, or the file is no result
    public static StoredRun find(RunFolder folder, String name) throws IOException, InvalidRunException {
        if (name.endsWith(".json")) {
            return ofFile(name);
        }
        var runId = Optional.ofNullable(folder.baselines().path(name).textValue()).orElse(name);
        if (!folder.exists(runId)) {
            var labels = folder.baselines().propertyStream().map(Map.Entry::getKey).sorted().toList();
            throw new InvalidRunException("\"" + name + "\" is no run, no label and no .json file; labels: "
                    + (labels.isEmpty() ? "none" : String.join(", ", labels))
                    + "; `promptlab eval baseline set LABEL` gives the last run one");
        }
        var rows = new TreeMap<Integer, ResultRow>();
        try (var _ = Journal.open(folder.file(runId, "rows.jsonl"), (line, _) -> rows
                .put(line.path("cell").asInt(), ResultRow.read(line.path("row"))))) {
            return of(name, folder.describe(runId).path("grading"), List.copyOf(rows.values()));
        }
    }

    private static StoredRun ofFile(String name) throws IOException, InvalidRunException {
        if (!Files.exists(Path.of(name))) {
            throw new InvalidRunException("there is no file " + name);
        }
        var json = Json.read(Files.readAllBytes(Path.of(name)));
        if (!json.path("schema").asText().startsWith("promptlab.eval.result/1")) {
            throw new InvalidRunException(name + " is no result of `promptlab eval run -o FILE.json`");
        }
        return of(name, json.path("grading"), json.path("rows").valueStream().map(ResultRow::read).toList());
    }

    /// @param rows of both sides, in order
    public static StoredRun of(String name, JsonNode grading, List<ResultRow> rows) {
        return new StoredRun(name, grading instanceof ObjectNode object ? object : Json.object(),
                rows.stream().filter(row -> row.side() == Arm.CANDIDATE).toList());
    }

    /// Its scores as those of a baseline.
    List<Score> asBaseline() {
        return rows.stream().map(ResultRow::toScore).map(score -> new Score(score.caseId(), Arm.BASELINE,
                score.repeat(), score.score(), score.pass(), score.error(), score.metrics(), score.costUsd(),
                score.latencyMs())).toList();
    }

    /// @throws InvalidRunException when the two were not judged alike
    void requireComparable(JsonNode other, String advice) throws InvalidRunException {
        if (!grading.equals(other)) {
            throw new InvalidRunException(
                    "the baseline " + name + " was graded by another judge or other prompts of it ("
                            + grading + ", now " + other + "), so its scores mean something else; " + advice);
        }
    }

    /// `second` against `first`, with the usual policy.
    ///
    /// @throws InvalidRunException when they were not judged alike or have no case in common
    public static RunReport compare(RunFolder folder, String first, String second)
            throws IOException, InvalidRunException {
        var baseline = find(folder, first);
        var candidate = find(folder, second);
        return candidate.against(baseline, "grade it again with `promptlab eval regrade " + first
                + "` under the suite " + second);
    }

    /// This run against another, with the usual policy.
    ///
    /// @param advice what to do when they were judged otherwise
    /// @throws InvalidRunException when they were not judged alike or have no case in common
    public RunReport against(StoredRun baseline, String advice) throws InvalidRunException {
        baseline.requireComparable(grading, advice);
        var report = report(baseline);
        if (report.gate().comparisons().getFirst().difference().pairs() == 0) {
            throw new InvalidRunException(baseline.name() + " and " + name + " have no graded case in common");
        }
        return report;
    }

    public static RunReport report(RunFolder folder, String name) throws IOException, InvalidRunException {
        return find(folder, name).report(null);
    }

    private RunReport report(@Nullable StoredRun baseline) {
        var facts = new LinkedHashMap<String, CaseFacts>();
        rows.forEach(row -> facts.putIfAbsent(row.key(), new CaseFacts(row.key(), row.title(), Set.of(),
                row.key().equals(row.caseId()) ? null : row.caseId(), false)));
        var book = new ScoreBook(new ArrayList<>(facts.values()));
        rows.forEach(row -> book.add(row.toScore()));
        if (baseline != null) {
            baseline.asBaseline().forEach(book::add);
        }
        var gate = new Gate(book, GatePolicy.DEFAULT, LocalDate.now(ZoneOffset.UTC)).decide(List.of());
        var arms = new LinkedHashSet<String>();
        rows.forEach(row -> arms.add(row.arm()));
        var info = new RunReport.Info(name, name, "", List.copyOf(arms), name,
                baseline == null ? null : baseline.name(),
                facts.size(), rows.size());
        return new RunReport(info, new RunReport.Execution(java.time.Instant.EPOCH, Duration.ZERO, 0, 0, null), gate,
                grading, "complete", Map.of(), book, reader -> {
                    for (var row : rows) {
                        reader.row(row);
                    }
                });
    }
}
