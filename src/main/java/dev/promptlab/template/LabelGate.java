package dev.promptlab.template;

import java.util.Optional;
import java.util.UUID;

import org.jdbi.v3.core.Handle;

/// Has a say in where labels are moved. Asked in the transaction of the move, which holds the lock of the template; what it relies on it
/// locks itself.
@FunctionalInterface
public interface LabelGate {
    LabelGate OPEN = (_, _, _) -> Optional.empty();

    /// Where a label is to go.
    record Move(UUID workspaceId, UUID templateId, String label, int version) {}

    /// Why the label must not go there, and what to do about it; empty = it may.
    ///
    /// @param templateKey for people
    Optional<String> refusal(Handle tx, Move move, String templateKey);
}
