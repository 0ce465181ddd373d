package dev.promptlab.eval.server;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.promptlab.db.Batcher;
import dev.promptlab.db.Database;
import dev.promptlab.eval.report.ResultRow;
import dev.promptlab.eval.report.RunReport;
import dev.promptlab.eval.run.Answer;
import dev.promptlab.eval.run.RunBook;
import dev.promptlab.eval.server.CellStore.Entry;
import dev.promptlab.eval.server.RunStore.Claim;
import dev.promptlab.eval.server.RunStore.Tally;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// What is written down of a run, in tables. Writers that come together share a transaction, which first makes sure that the run is still
/// ours and writes what was spent: an answer is never there without its cost.
final class TableBook implements RunBook {
    private static final int PAGE = 500;

    private final Database db;
    private final Claim claim;
    private final EvalRunRow run;
    private final Supplier<Tally> tally;
    private final Duration lease;
    private final BitSet answered;
    private final BitSet graded;
    private final Map<String, Boolean> reruns;
    private final Batcher<Entry, Boolean> writes;

    /// Another process drives the run now.
    static final class LostException extends RuntimeException {
        private static final long serialVersionUID = 1;

        LostException() {
            super("another process drives this run now", null, false, false);
        }
    }

    /// @param tally of the moment, written with every batch
    TableBook(Database db, Claim claim, EvalRunRow run, Supplier<Tally> tally, Duration lease) {
        this.db = db;
        this.claim = claim;
        this.run = run;
        this.tally = tally;
        this.lease = lease;
        var workspace = claim.workspaceId();
        this.answered = db.autocommit(workspace, handle -> CellStore.answered(handle, workspace, claim.runId()));
        this.graded = db.autocommit(workspace, handle -> CellStore.graded(handle, workspace, claim.runId()));
        this.reruns = db.autocommit(workspace, handle -> CellStore.reruns(handle, workspace, claim.runId()));
        this.writes = new Batcher<>("evaluation-book", 1, this::write);
    }

    private List<Boolean> write(List<Entry> entries) {
        db.inTransaction(claim.workspaceId(), tx -> {
            if (RunStore.hold(tx, claim, lease, tally.get()).isEmpty()) {
                throw new LostException();
            }
            CellStore.insertAnswers(tx, claim, of(entries, Entry.Answered.class).toList());
            CellStore.insertRows(tx, claim, of(entries, Entry.Graded.class).toList());
            CellStore.insertReruns(tx, claim, of(entries, Entry.Rerun.class).toList());
        });
        return Collections.nCopies(entries.size(), true);
    }

    private static <T extends Entry> Stream<T> of(List<Entry> entries, Class<T> kind) {
        return entries.stream().filter(kind::isInstance).map(kind::cast);
    }

    @Override
    public @Nullable Answer answer(int cell) {
        synchronized (answered) {
            if (!answered.get(cell)) {
                return null;
            }
        }
        return Answer.read(db.autocommit(claim.workspaceId(),
                handle -> CellStore.answer(handle, claim.workspaceId(), claim.runId(), cell)));
    }

    @Override
    public void put(int cell, Answer answer) throws InterruptedException {
        writes.call(new Entry.Answered(cell, Json.text(answer.toJson())));
        synchronized (answered) {
            answered.set(cell);
        }
    }

    @Override
    public boolean isGraded(int cell) {
        synchronized (graded) {
            return graded.get(cell);
        }
    }

    @Override
    public void put(int cell, ResultRow row) throws InterruptedException {
        writes.call(new Entry.Graded(cell, row));
        synchronized (graded) {
            graded.set(cell);
        }
    }

    @Override
    public void eachRow(RunReport.Rows.Reader reader) throws IOException {
        for (int from = 0, size = PAGE; size == PAGE;) {
            var start = from;
            var page = db.autocommit(claim.workspaceId(),
                    handle -> CellStore.lines(handle, claim.workspaceId(), claim.runId(), start, PAGE));
            for (var line : page) {
                reader.row(ResultRow.read(line.json()));
                from = line.cell() + 1;
            }
            size = page.size();
        }
    }

    @Override
    public Map<String, Boolean> reruns() {
        return Map.copyOf(reruns);
    }

    @Override
    public void putRerun(String name, boolean pass) throws InterruptedException {
        writes.call(new Entry.Rerun(name, pass));
    }

    @Override
    public long callsBefore() {
        return run.figures().calls();
    }

    @Override
    public BigDecimal spentBefore() {
        return run.figures().spentUsd() == null ? BigDecimal.ZERO : run.figures().spentUsd();
    }

    @Override
    public void close() {
        writes.close();
    }
}
