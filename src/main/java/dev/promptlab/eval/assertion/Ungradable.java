package dev.promptlab.eval.assertion;

/// An assertion that cannot say yes or no; ends as [Grade#error].
final class Ungradable extends RuntimeException {
    private static final long serialVersionUID = 1;

    Ungradable(String message) {
        super(message, null, false, false);
    }
}
