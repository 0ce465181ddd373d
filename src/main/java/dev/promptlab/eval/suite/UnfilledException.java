package dev.promptlab.eval.suite;

/// A prompt that cannot be filled with these variables; the message names them.
public final class UnfilledException extends Exception {
    private static final long serialVersionUID = 1;

    UnfilledException(String message) {
        super(message, null, false, false);
    }
}
