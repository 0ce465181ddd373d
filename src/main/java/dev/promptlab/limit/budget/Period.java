package dev.promptlab.limit.budget;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toUnmodifiableMap;

/// When a budget starts anew: calendar periods in UTC, weeks on Monday; `total` never does.
enum Period {
    DAY, WEEK, MONTH, TOTAL;

    static final Map<String, Period> BY_CODE = Arrays.stream(values())
            .collect(toUnmodifiableMap(Period::code, identity()));

    String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
