package dev.promptlab.eval.run;

import java.io.Closeable;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Map;

import dev.promptlab.eval.report.ResultRow;
import dev.promptlab.eval.report.RunReport;
import org.jspecify.annotations.Nullable;

/// What is written down of one run, cell by cell. What a method has written when it returns survives the death of the process.
/// Thread-safe.
public interface RunBook extends Closeable {
    /// Null = there is none yet.
    @Nullable
    Answer answer(int cell) throws IOException;

    void put(int cell, Answer answer) throws IOException, InterruptedException;

    boolean isGraded(int cell);

    void put(int cell, ResultRow row) throws IOException, InterruptedException;

    /// The rows so far, in the order of cells.
    void eachRow(RunReport.Rows.Reader reader) throws IOException;

    /// Passes of the re-runs when it was opened, by their names.
    Map<String, Boolean> reruns();

    void putRerun(String name, boolean pass) throws IOException, InterruptedException;

    /// Calls that were made for it before it was opened.
    long callsBefore();

    /// What they cost.
    BigDecimal spentBefore();
}
