package dev.promptlab.workspace.access;

import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jdbi.v3.core.Handle;

/// What a feature keeps for a workspace: it leaves with an export, and goes when the workspace is deleted. Each feature that has
/// tables of its own brings one.
public interface WorkspaceData {
    /// Takes one object after the other, and may be slow: whoever reads the export sets the pace.
    @FunctionalInterface
    interface Lines {
        /// @param kind `template`, `job`, ...
        void line(String kind, ObjectNode content);
    }

    /// How far a removal has come.
    enum Removal {
        /// Nothing is left.
        DONE,
        /// Some of it went; ask again.
        MORE,
        /// What is left is in use; ask again in a while.
        LATER
    }

    /// Says everything that belongs to the workspace, but no secret and no hash of one. Reads in pages, each of them a short
    /// transaction, and holds no connection while a line is written: what changes meanwhile shows in its old or new state.
    void export(UUID workspaceId, Lines out);

    /// Removes rows of a workspace that is deleted, so that nobody new comes to it.
    ///
    /// @param limit rows at most, so that the transaction stays short
    Removal removeSome(Handle tx, UUID workspaceId, int limit);
}
