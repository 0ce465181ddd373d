package dev.promptlab.eval.suite;

/// The one problem that ends the reading of a file.
final class ProblemException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Problem problem;

    ProblemException(String file, int line, int column, String message) {
        super(message, null, false, false);
        this.problem = new Problem(file, line, column, message);
    }

    ProblemException(Place place, String message) {
        this(place.file(), place.line(), place.column(), message);
    }

    Problem problem() {
        return problem;
    }
}
