package dev.promptlab.workspace.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.UUID;

import dev.promptlab.web.Json;

/// How the statements of this package read rows of `audit_event`.
final class AuditRows {
    private AuditRows() {}

    static AuditEvent event(ResultSet row) throws SQLException {
        return new AuditEvent(row.getLong("id"), row.getObject("workspace_id", UUID.class),
                row.getObject("at", OffsetDateTime.class).toInstant(), row.getString("actor"),
                row.getObject("user_id", UUID.class), row.getObject("api_key_id", UUID.class),
                row.getString("action"), row.getString("subject"), Json.parseObject(row.getString("details")));
    }
}
