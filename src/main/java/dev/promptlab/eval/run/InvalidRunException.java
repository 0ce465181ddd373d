package dev.promptlab.eval.run;

/// A run that cannot begin, or a comparison that would mean nothing. Nothing was called; the message says what to do.
public final class InvalidRunException extends Exception {
    private static final long serialVersionUID = 1;

    public InvalidRunException(String message) {
        super(message, null, false, false);
    }
}
