package dev.promptlab.telemetry;

import org.slf4j.MDC;

/// What every line tells that this thread logs: `requestId`, or `jobId` and `attempt`.
public final class LogFields {
    private LogFields() {}

    /// From now on this thread answers a request.
    public static void ofRequest(String id) {
        MDC.put("requestId", id);
    }

    /// From now on this thread works on a job.
    public static void ofJob(String id, int attempt) {
        MDC.put("jobId", id);
        MDC.put("attempt", Integer.toString(attempt));
    }

    /// From now on it does neither.
    public static void clear() {
        MDC.clear();
    }
}
