package dev.promptlab.eval.suite;

/// Something wrong with a suite or one of its files.
///
/// @param file as the user would write it, relative to the suite's folder where it can be
/// @param line from 1
/// @param column from 1
public record Problem(String file, int line, int column, String message) {
    /// `greet.eval.yaml:12:7: unknown assertion type "contain"; did you mean "contains"?`
    @Override
    public String toString() {
        return file + ":" + line + ":" + column + ": " + message;
    }
}
