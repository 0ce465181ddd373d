package dev.promptlab.job;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/// The parameters of a [JobFilter] in SQL.
final class JobFilterStore {
    /// Ids begin with the time at which a process made them; clocks may differ so much from the database's.
    private static final Duration CLOCK_SLACK = Duration.ofHours(1);

    private JobFilterStore() {}

    static <S extends SqlStatement<S>> S bind(S statement, UUID workspaceId, JobFilter filter) {
        return statement.bind("workspaceId", workspaceId).bind("outcome", outcome(filter.status()))
                .bind("running", running(filter.status())).bind("provider", filter.provider())
                .bind("model", filter.model()).bind("templateId", filter.templateId())
                .bind("priority", filter.priority() == null ? null : Integer.valueOf(filter.priority().number()))
                .bind("from", JobRows.offset(filter.from())).bind("to", JobRows.offset(filter.to()))
                .bind("fromId", filter.from() == null ? null : firstId(filter.from().minus(CLOCK_SLACK)))
                .bind("toId", filter.to() == null ? null : firstId(filter.to().plus(CLOCK_SLACK)))
                .bind("minCost", filter.minCostUsd()).bind("q", filter.q());
    }

    /// The least UUIDv7 of a moment.
    private static UUID firstId(Instant time) {
        long millis = Math.clamp(time.toEpochMilli(), 0, (1L << 48) - 1);
        return new UUID(millis << 16, 0);
    }

    private static @Nullable String outcome(@Nullable JobStatus status) {
        return (status == null || status.isLive()) ? null : status.code();
    }

    private static @Nullable Boolean running(@Nullable JobStatus status) {
        return (status == null || !status.isLive()) ? null : Boolean.valueOf(status == JobStatus.RUNNING);
    }
}
