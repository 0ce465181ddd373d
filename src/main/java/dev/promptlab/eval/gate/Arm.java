package dev.promptlab.eval.gate;

import java.util.Locale;

/// The two sides of a comparison.
public enum Arm {
    BASELINE, CANDIDATE;

    /// `baseline`, `candidate`
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
