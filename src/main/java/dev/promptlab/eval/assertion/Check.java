package dev.promptlab.eval.assertion;

import java.util.Locale;

import com.fasterxml.jackson.databind.JsonNode;

/// One assertion on one output, its value filled.
record Check(AssertionSpec spec, JsonNode value, Output output) {
    static final String PASSED = "Assertion passed";

    String text() {
        return output.text();
    }

    boolean inverse() {
        return spec.inverse();
    }

    double threshold(double byDefault) {
        var own = spec.threshold();
        return own == null ? byDefault : own;
    }

    /// Yes or no; `not-` turns it around.
    ///
    /// @param expected what the output was expected to do, as in `contain "x"`
    Grade verdict(boolean holds, String expected) {
        boolean pass = holds != inverse();
        return Grade.of(pass, pass ? 1 : 0,
                pass ? PASSED : "Expected the output to " + (inverse() ? "not " : "") + expected);
    }

    /// A number against a threshold, at least; `not-` turns both around.
    Grade atLeast(String what, double score, double threshold) {
        boolean holds = score >= threshold;
        var reason = what + " " + number(score) + " is " + (holds ? "at least " : "below ") + number(threshold);
        return Grade.of(holds != inverse(), inverse() ? 1 - score : score, reason);
    }

    /// A number against a threshold, at most; passes with 1 or fails with 0.
    Grade atMost(String what, double number, double threshold) {
        boolean holds = number <= threshold;
        boolean pass = holds != inverse();
        return Grade.of(pass, pass ? 1 : 0,
                what + " " + number(number) + " is " + (holds ? "at most " : "above ") + number(threshold));
    }

    /// At most four places, no zeros at the end: `0.75`.
    static String number(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return Long.toString((long) value);
        }
        var text = String.format(Locale.ROOT, Math.abs(value) < 0.001 ? "%.3g" : "%.4f", value);
        return text.contains("e") ? text : text.replaceAll("0+$", "");
    }
}
