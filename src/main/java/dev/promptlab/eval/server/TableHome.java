package dev.promptlab.eval.server;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import dev.promptlab.db.Database;
import dev.promptlab.eval.gate.CaseFinding;
import dev.promptlab.eval.report.ResultRow;
import dev.promptlab.eval.run.Asker;
import dev.promptlab.eval.run.InvalidRunException;
import dev.promptlab.eval.run.RunBook;
import dev.promptlab.eval.run.RunHome;
import dev.promptlab.eval.run.StoredRun;
import org.jspecify.annotations.Nullable;

/// A run in the tables of its workspace.
abstract class TableHome implements RunHome {
    private static final int PAGE = 500;

    private final Database db;
    private final EvalRunRow run;

    TableHome(Database db, EvalRunRow run) {
        this.db = db;
        this.run = run;
    }

    @Override
    public StoredRun stored(String name) throws InvalidRunException {
        if (run.baselineRunId() == null) {
            throw new InvalidRunException("there is no run, baseline or arm \"" + name + "\"");
        }
        return stored(db, run.workspaceId(), run.baselineRunId(), name);
    }

    /// @throws InvalidRunException when there is no such run
    static StoredRun stored(Database db, UUID workspaceId, UUID runId, String name) throws InvalidRunException {
        var stored = db.autocommit(workspaceId, handle -> RunStore.find(handle, workspaceId, runId))
                .orElseThrow(() -> new InvalidRunException("there is no run " + runId));
        var rows = new ArrayList<ResultRow>();
        for (int from = 0, size = PAGE; size == PAGE;) {
            var start = from;
            var page = db.autocommit(workspaceId, handle -> CellStore.lines(handle, workspaceId, runId, start, PAGE));
            for (var line : page) {
                rows.add(ResultRow.read(line.json()));
                from = line.cell() + 1;
            }
            size = page.size();
        }
        return StoredRun.of(name, stored.grading(), rows);
    }

    @Override
    public String gradeAgain(String name) {
        return gradeAgain(run.baselineRunId());
    }

    static String gradeAgain(@Nullable Object runId) {
        return "grade it again with POST /evals/runs/" + runId + "/regrade";
    }

    /// It was planned when it was asked for; a file never changes, but what it names may be gone.
    @Override
    public void begin(Identity identity) {}

    @Override
    public abstract RunBook open(int cells);

    @Override
    public abstract Asker asker(long calls, BigDecimal spent);

    /// The driver writes them with the end of the run.
    @Override
    public void remember(String suite, List<CaseFinding> findings) {}
}
