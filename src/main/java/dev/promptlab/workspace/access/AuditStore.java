package dev.promptlab.workspace.access;

import org.jdbi.v3.core.Handle;

/// Rows of the trail.
final class AuditStore {
    private AuditStore() {}

    static void insert(Handle tx, Caller caller, String action, String subject, String details) {
        tx.createUpdate("""
                insert into audit_event (workspace_id, actor, user_id, api_key_id, action, subject, details)
                values (:workspaceId, :actor, :userId, :apiKeyId, :action, :subject, cast(:details as jsonb))""")
                .bind("workspaceId", caller.workspaceId()).bind("actor", caller.name())
                .bind("userId", caller.userId()).bind("apiKeyId", caller.apiKeyId()).bind("action", action)
                .bind("subject", subject).bind("details", details).execute();
    }
}
