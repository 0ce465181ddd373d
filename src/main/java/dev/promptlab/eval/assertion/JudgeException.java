package dev.promptlab.eval.assertion;

/// A judge gave no answer; the message says why.
public final class JudgeException extends Exception {
    private static final long serialVersionUID = 1;

    public JudgeException(String message) {
        super(message, null, false, false);
    }
}
