package dev.promptlab.eval.assertion;

import com.google.re2j.Pattern;

/// Regular expressions as JavaScript writes them, on RE2, whose time grows linearly with the text. Lookaround and back
/// references do not exist there.
final class Regex {
    private static final Pattern REPEAT = Pattern.compile("\\{(?:[0-9]+,)?([0-9]{1,4})\\}");
    private static final Pattern CODE_UNIT = Pattern.compile("\\\\u([0-9a-fA-F]{4})");
    private static final double MAX_UNROLLED = 2_000_000;

    private Regex() {}

    /// @throws IllegalArgumentException when RE2 does not know it, or it unrolls to a very large program
    static Pattern compile(String javascript) {
        double size = javascript.length();
        var repeats = REPEAT.matcher(javascript);
        while (repeats.find()) {
            size *= Math.max(1, Integer.parseInt(repeats.group(1)));
        }
        if (size > MAX_UNROLLED) {
            throw new IllegalArgumentException("the counted repeats are too large");
        }
        return Pattern.compile(CODE_UNIT.matcher(javascript).replaceAll("\\\\x{$1}"));
    }
}
