package dev.promptlab.template.schema;

import com.google.re2j.Pattern;
import com.networknt.schema.regex.RegularExpression;
import com.networknt.schema.regex.RegularExpressionFactory;

/// Regular expressions of users on RE2, whose time grows linearly with the text, whatever the expression.
final class LinearRegex implements RegularExpressionFactory {
    private static final Pattern REPEAT = Pattern.compile("\\{(?:[0-9]+,)?([0-9]{1,4})\\}");
    /// In instructions. RE2/J unrolls counted repeats, so that a short expression can become a program without end.
    private static final int MAX_UNROLLED = 2_000_000;
    private static final int MAX_PROGRAM = 10_000;

    /// @throws IllegalArgumentException when RE2 does not know it, or it unrolls to a very large program
    @Override
    public RegularExpression getRegularExpression(String regex) {
        if (unrolled(regex) > MAX_UNROLLED) {
            throw new IllegalArgumentException("the counted repeats are too large");
        }
        var pattern = Pattern.compile(regex);
        if (pattern.programSize() > MAX_PROGRAM) {
            throw new IllegalArgumentException("the expression is too large");
        }
        return text -> pattern.matcher(text).find();
    }

    /// An upper bound: as if all repeats were nested around the whole expression.
    private static double unrolled(String regex) {
        double size = regex.length();
        var repeats = REPEAT.matcher(regex);
        while (repeats.find()) {
            size *= Math.max(1, Integer.parseInt(repeats.group(1)));
        }
        return size;
    }
}
