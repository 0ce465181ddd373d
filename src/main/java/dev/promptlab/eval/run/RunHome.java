package dev.promptlab.eval.run;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.eval.gate.CaseFinding;

/// The world that a run lives in: a folder and the providers ([FolderHome]), or the tables and the queue of a server.
public interface RunHome {
    /// What can never be different in the same run.
    ///
    /// @param fingerprint the same for the same questions and the same assertions
    /// @param questions the same for the same questions to the same models
    /// @param grading see [dev.promptlab.eval.report.RunReport#grading]
    record Identity(String fingerprint, String questions, ObjectNode grading) {}

    /// A run, label or file to compare with.
    ///
    /// @throws InvalidRunException when there is none of that name
    StoredRun stored(String name) throws IOException, InvalidRunException;

    /// How a run is graded again, for people: an order to be put behind "so".
    String gradeAgain(String name);

    /// Writes a new run down, or finds it as it was.
    ///
    /// @throws InvalidRunException when it began with another suite
    void begin(Identity identity) throws IOException, InvalidRunException;

    RunBook open(int cells) throws IOException;

    /// @param calls that were made before
    /// @param spent on them
    Asker asker(long calls, BigDecimal spent);

    /// Keeps what cases turned out to be, for the history of the suite. Called once a run, when it is complete.
    void remember(String suite, List<CaseFinding> findings) throws IOException;
}
