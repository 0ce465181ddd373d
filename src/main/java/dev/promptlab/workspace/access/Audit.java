package dev.promptlab.workspace.access;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import org.jdbi.v3.core.Handle;

/// The trail of what people did. A row is written in the transaction of the change, or there is neither.
public final class Audit {
    private Audit() {}

    /// @param action `job.cancel`, `lane.pause`, ...
    /// @param subject id of what was changed, or a word for a set
    /// @param details what else makes the change clear; no prompts, no secrets
    public static void record(Handle tx, Caller caller, String action, String subject, ObjectNode details) {
        AuditStore.insert(tx, caller, action, subject, Json.text(details));
    }
}
