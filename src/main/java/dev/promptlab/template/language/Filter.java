package dev.promptlab.template.language;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The filters, as in `{{ name | filter(arguments) }}`. What they do is in [Filters].
enum Filter {
    DEFAULT(2), DUMP(1), UPPER(0), LOWER(0), CAPITALIZE(0), TRIM(0), JOIN(1), LENGTH(0), REPLACE(2, 3), FIRST(0),
    LAST(0), ROUND(1),
    TOJSON(1), INDENT(2);

    final int minArguments;
    final int maxArguments;

    Filter(int maxArguments) {
        this(0, maxArguments);
    }

    Filter(int minArguments, int maxArguments) {
        this.minArguments = minArguments;
        this.maxArguments = maxArguments;
    }

    static Optional<Filter> named(String name) {
        return Arrays.stream(values()).filter(filter -> filter.toString().equals(name)).findFirst();
    }

    static List<String> names() {
        return Arrays.stream(values()).map(Filter::toString).toList();
    }

    /// Whether the result can be undefined although the input is not: the first of nothing.
    boolean mayFindNothing() {
        return this == FIRST || this == LAST;
    }

    /// For messages.
    String arity() {
        if (maxArguments == 0) {
            return "no arguments";
        }
        return minArguments == maxArguments ? minArguments + " arguments"
                : minArguments + " to " + maxArguments + " arguments";
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
