package dev.promptlab.eval.run;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.eval.gate.CaseFinding;
import dev.promptlab.eval.gate.CaseRule.Kind;
import dev.promptlab.web.Json;

/// What cases turned out to be when their results differed, run after run: which of them are flaky.
public final class CaseHistory {
    private final RunFolder folder;

    public CaseHistory(RunFolder folder) {
        this.folder = folder;
    }

    /// @param flaky runs in which the difference did not come back
    /// @param lastRun that looked at it
    public record Entry(String suite, String caseId, int runs, int flaky, String lastRun) {}

    void remember(String suite, String runId, List<CaseFinding> findings) throws IOException {
        for (var each : findings) {
            folder.remember(Json.object().put("suite", suite).put("run", runId).put("case", each.caseId()).put("kind",
                    each.kind().word()));
        }
    }

    /// The flakiest first.
    public List<Entry> entries() throws IOException {
        var entries = new TreeMap<String, Entry>();
        if (Files.exists(folder.history())) {
            try (var lines = Files.lines(folder.history())) {
                lines.map(Json::parse).forEach(line -> add(entries, line));
            }
        }
        return entries.values().stream().filter(each -> each.flaky() > 0)
                .sorted(Comparator.comparingInt(Entry::flaky).reversed().thenComparing(Entry::caseId)).toList();
    }

    private static void add(Map<String, Entry> entries, JsonNode line) {
        var suite = line.path("suite").asText();
        var caseId = line.path("case").asText();
        var flaky = line.path("kind").asText().equals(Kind.FLAKY.word()) ? 1 : 0;
        entries.merge(suite + "\n" + caseId, new Entry(suite, caseId, 1, flaky, line.path("run").asText()),
                (before, now) -> new Entry(suite, caseId, before.runs() + 1, before.flaky() + flaky, now.lastRun()));
    }
}
