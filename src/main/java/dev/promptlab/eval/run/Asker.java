package dev.promptlab.eval.run;

import java.io.IOException;

import dev.promptlab.eval.run.CallBudget.SpentException;

/// Makes the calls of a run: by itself ([Calls]), or as jobs of a queue. Identical calls are one call, and all keep within the
/// budget. Thread-safe.
public interface Asker {
    /// Blocks until there is an answer. Errors are answers, too ([Answer#error]).
    ///
    /// @throws SpentException when the budget leaves no room; what was answered stays
    Answer ask(Call call) throws SpentException, InterruptedException, IOException;

    /// Whether the answer is there already, so that [#ask] would call nobody.
    boolean isKnown(Call call) throws IOException;

    /// Answers that needed no call so far.
    long hits();

    CallBudget budget();
}
