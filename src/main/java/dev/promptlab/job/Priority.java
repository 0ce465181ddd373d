package dev.promptlab.job;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// Which class of a lane's queue a job waits in.
enum Priority {
    HIGH(0), NORMAL(1), LOW(2);

    /// By the word in JSON.
    static final Map<String, Priority> BY_CODE = new LinkedHashMap<>();
    static {
        Arrays.stream(values()).forEach(priority -> BY_CODE.put(priority.code(), priority));
    }

    private final int number;

    Priority(int number) {
        this.number = number;
    }

    static Priority of(int number) {
        return Arrays.stream(values()).filter(priority -> priority.number == number).findFirst().orElseThrow();
    }

    /// In SQL: smaller goes first.
    int number() {
        return number;
    }

    String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
