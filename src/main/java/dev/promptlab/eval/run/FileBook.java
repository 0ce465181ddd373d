package dev.promptlab.eval.run;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;

import dev.promptlab.eval.report.ResultRow;
import dev.promptlab.eval.report.RunReport;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// The journals of a run in its folder.
final class FileBook implements RunBook {
    private final int cells;
    private final Journal answers;
    private final Journal rows;
    private final Journal reruns;
    private final Places answered;
    private final Places graded;
    private final Map<String, Boolean> rerunsBefore = new HashMap<>();
    private long callsBefore;
    private BigDecimal spentBefore = BigDecimal.ZERO;

    FileBook(RunFolder folder, String runId, int cells) throws IOException {
        this.cells = cells;
        this.answered = new Places(cells);
        this.graded = new Places(cells);
        this.answers = Journal.open(folder.file(runId, "answers.jsonl"), (line, place) -> {
            answered.put(line.path("cell").asInt(), place);
            count(Answer.read(line.path("answer")));
        });
        this.rows = Journal.open(folder.file(runId, "rows.jsonl"),
                (line, place) -> graded.put(line.path("cell").asInt(), place));
        this.reruns = Journal.open(folder.file(runId, "reruns.jsonl"),
                (line, _) -> rerunsBefore.put(line.path("try").asText(), line.path("pass").asBoolean()));
    }

    private void count(Answer answer) {
        if (!answer.cached() && answer.latencyMs() != null) {
            callsBefore++;
            spentBefore = spentBefore.add(answer.costUsd() == null ? BigDecimal.ZERO : answer.costUsd());
        }
    }

    @Override
    public @Nullable Answer answer(int cell) throws IOException {
        var place = answered.get(cell);
        return place == null ? null : Answer.read(answers.read(place).path("answer"));
    }

    @Override
    public void put(int cell, Answer answer) throws IOException {
        var line = Json.object().put("cell", cell);
        line.set("answer", answer.toJson());
        answered.put(cell, answers.append(line));
    }

    @Override
    public boolean isGraded(int cell) {
        return graded.get(cell) != null;
    }

    @Override
    public void put(int cell, ResultRow row) throws IOException {
        var line = Json.object().put("cell", cell);
        line.set("row", row.toJson());
        graded.put(cell, rows.append(line));
    }

    @Override
    public void eachRow(RunReport.Rows.Reader reader) throws IOException {
        for (var cell = 0; cell < cells; cell++) {
            var place = graded.get(cell);
            if (place != null) {
                reader.row(ResultRow.read(rows.read(place).path("row")));
            }
        }
    }

    @Override
    public Map<String, Boolean> reruns() {
        return Map.copyOf(rerunsBefore);
    }

    @Override
    public void putRerun(String name, boolean pass) throws IOException {
        reruns.append(Json.object().put("try", name).put("pass", pass));
    }

    @Override
    public long callsBefore() {
        return callsBefore + rerunsBefore.size();
    }

    @Override
    public BigDecimal spentBefore() {
        return spentBefore;
    }

    @Override
    public void close() throws IOException {
        answers.close();
        rows.close();
        reruns.close();
    }
}
