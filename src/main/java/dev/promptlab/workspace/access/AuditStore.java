package dev.promptlab.workspace.access;

import org.jdbi.v3.core.Handle;

/// Rows of the trail.
final class AuditStore {
    private AuditStore() {}

    static void insert(Handle tx, Caller caller, String action, String subject, String details) {
        tx.createUpdate("""
                insert into audit_event (workspace_id, actor, action, subject, details)
                values (:workspaceId, :actor, :action, :subject, cast(:details as jsonb))""")
                .bind("workspaceId", caller.workspaceId()).bind("actor", caller.name()).bind("action", action)
                .bind("subject", subject).bind("details", details).execute();
    }
}
