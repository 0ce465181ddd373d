package dev.promptlab.job;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import static java.util.Objects.requireNonNull;

/// Where a job stands. Nothing else is ever shown.
enum JobStatus {
    QUEUED, RUNNING, COMPLETED, FAILED, CANCELLED;

    /// By the word in JSON and SQL.
    static final Map<String, JobStatus> BY_CODE = new LinkedHashMap<>();
    static {
        Arrays.stream(values()).forEach(status -> BY_CODE.put(status.code(), status));
    }

    static JobStatus of(String code) {
        return requireNonNull(BY_CODE.get(code), code);
    }

    String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Whether it may still change by itself.
    boolean isLive() {
        return this == QUEUED || this == RUNNING;
    }
}
