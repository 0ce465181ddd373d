package dev.promptlab.eval.report;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.eval.gate.CaseFinding;
import dev.promptlab.eval.gate.GateResult;
import dev.promptlab.eval.gate.ScoreBook;
import org.jspecify.annotations.Nullable;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;

/// A run that has ended, or was stopped: the one model behind every output.
///
/// @param grading what the grades depend on (judge, prompts of the judge): two runs compare only when it is the same
/// @param ended how: `complete`, `budget`, `interrupted`
/// @param derived metrics by arm
public record RunReport(Info info, Execution execution, GateResult gate, ObjectNode grading, String ended,
        Map<String, Map<String, Double>> derived, ScoreBook book, Rows rows) {

    /// @param candidate what was tested
    /// @param baseline what it was compared with; null = nothing
    public record Info(String runId, String suite, String description, List<String> arms, String candidate,
            @Nullable String baseline, int cases, long cells) {
        public Info {
            arms = List.copyOf(arms);
        }
    }

    /// What another run of the same suite need not have in common.
    ///
    /// @param calls made to providers, re-runs and judges included
    /// @param cacheHits answers that needed no call
    /// @param spentUsd on these calls; null = not all prices are known
    public record Execution(Instant startedAt, Duration took, long calls, long cacheHits, @Nullable Double spentUsd) {}

    /// The rows in order: case, arm, repeat. Can be read more than once.
    @FunctionalInterface
    public interface Rows {
        void each(Reader reader) throws IOException;

        /// Takes one row.
        @FunctionalInterface
        interface Reader {
            void row(ResultRow row) throws IOException;
        }
    }

    /// Takes all rows of a case.
    @FunctionalInterface
    interface CaseReader {
        void rows(List<ResultRow> rows) throws IOException;
    }

    /// Rows of a case follow each other.
    void eachCase(CaseReader reader) throws IOException {
        var current = new ArrayList<ResultRow>();
        rows.each(row -> {
            if (!current.isEmpty() && !current.getFirst().caseId().equals(row.caseId())) {
                reader.rows(List.copyOf(current));
                current.clear();
            }
            current.add(row);
        });
        if (!current.isEmpty()) {
            reader.rows(List.copyOf(current));
        }
    }

    /// How a case changed.
    enum Change {
        REGRESSED, IMPROVED, SAME, NEW
    }

    Change change(String key) {
        var difference = book.passDifference(key);
        if (difference.isEmpty()) {
            return Change.NEW;
        }
        return difference.get() < 0 ? Change.REGRESSED : difference.get() > 0 ? Change.IMPROVED : Change.SAME;
    }

    /// By key.
    Map<String, CaseFinding> findings() {
        return gate.findings().stream().collect(toMap(CaseFinding::caseId, identity(), (first, _) -> first));
    }

    Optional<String> findingWord(String key) {
        return gate.findings().stream().filter(each -> each.caseId().equals(key)).map(each -> each.kind().word())
                .findFirst();
    }
}
