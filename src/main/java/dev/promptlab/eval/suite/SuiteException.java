package dev.promptlab.eval.suite;

import java.util.List;
import java.util.stream.Collectors;

/// A suite that cannot run, with all that is wrong with it in the order of the files.
public final class SuiteException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    SuiteException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")), null, false, false);
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
