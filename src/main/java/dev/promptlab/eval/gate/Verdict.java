package dev.promptlab.eval.gate;

import java.util.Locale;

/// What the gate says of a run.
public enum Verdict {
    PASS, REGRESSED,
    /// Neither can be said with these cases.
    INCONCLUSIVE,
    /// Too many answers were errors to say anything.
    ERRORS;

    /// As in JSON: `pass regressed inconclusive errors`
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
