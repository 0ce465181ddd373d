package dev.promptlab.eval.assertion;

/// A script of a suite failed; the message says how.
public final class ScriptException extends Exception {
    private static final long serialVersionUID = 1;

    public ScriptException(String message) {
        super(message, null, false, false);
    }
}
