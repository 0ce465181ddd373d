package dev.promptlab.eval.gate;

/// What the command ends with, for scripts.
public enum ExitCode {
    PASS(0), REGRESSED(1),
    /// Wrong use, a bad file or a baseline that cannot be compared; nothing was called.
    INVALID(2), INCONCLUSIVE(3), ERRORS(4),
    /// The budget is spent; `resume` goes on.
    BUDGET(5),
    /// As shells report SIGINT.
    INTERRUPTED(130);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /// @param strict whether an inconclusive run fails (`--inconclusive fail`)
    public static ExitCode of(Verdict verdict, boolean strict) {
        return switch (verdict) {
            case PASS -> PASS;
            case REGRESSED -> REGRESSED;
            case INCONCLUSIVE -> strict ? INCONCLUSIVE : PASS;
            case ERRORS -> ERRORS;
        };
    }
}
