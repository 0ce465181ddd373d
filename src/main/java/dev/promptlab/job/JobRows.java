package dev.promptlab.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

import org.jspecify.annotations.Nullable;

/// What the statements of this package have in common when they read rows.
final class JobRows {
    private static final int RUNNING = 1;

    private JobRows() {}

    /// From the columns `outcome` (of the result) and `state` (of the dispatch row); a job has one of them.
    static JobStatus status(ResultSet row) throws SQLException {
        var outcome = row.getString("outcome");
        if (outcome != null) {
            return JobStatus.of(outcome);
        }
        return row.getInt("state") == RUNNING ? JobStatus.RUNNING : JobStatus.QUEUED;
    }

    /// As the driver takes times.
    static @Nullable OffsetDateTime offset(@Nullable Instant time) {
        return time == null ? null : time.atOffset(ZoneOffset.UTC);
    }

    static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        var time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
