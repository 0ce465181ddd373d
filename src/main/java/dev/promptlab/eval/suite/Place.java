package dev.promptlab.eval.suite;

/// A place in a file of a suite, lines and columns from 1.
record Place(String file, int line, int column) {
    static Place start(String file) {
        return new Place(file, 1, 1);
    }

    Problem problem(String message) {
        return new Problem(file, line, column, message);
    }

    @Override
    public String toString() {
        return file + ":" + line + ":" + column;
    }
}
