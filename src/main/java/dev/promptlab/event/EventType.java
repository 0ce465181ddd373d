package dev.promptlab.event;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toUnmodifiableMap;

/// What may happen to a job.
enum EventType {
    QUEUED("job.queued", "queued"),
    RUNNING("job.running", "running"),
    /// It is tried again; the last attempt of a job that fails is told by [#FAILED].
    ATTEMPT_FAILED("job.attempt.failed", "queued"),
    COMPLETED("job.completed", "completed"),
    FAILED("job.failed", "failed"),
    CANCELLED("job.cancelled", "cancelled"),
    /// A piece of the text that the provider is sending.
    DELTA("job.delta", "running");

    static final Map<String, EventType> BY_CODE = Arrays.stream(values())
            .collect(toUnmodifiableMap(EventType::code, identity()));
    static final Set<EventType> ALL = Set.of(values());
    static final Set<EventType> WITHOUT_TEXT = Set.of(QUEUED, RUNNING, ATTEMPT_FAILED, COMPLETED, FAILED, CANCELLED);

    private final String code;
    private final String status;

    EventType(String code, String status) {
        this.code = code;
        this.status = status;
    }

    /// In JSON, SQL and SSE.
    String code() {
        return code;
    }

    /// Of the job from then on.
    String status() {
        return status;
    }

    /// Whether the job will not change by itself any more.
    boolean isEnd() {
        return switch (this) {
            case COMPLETED, FAILED, CANCELLED -> true;
            case QUEUED, RUNNING, ATTEMPT_FAILED, DELTA -> false;
        };
    }
}
