package dev.promptlab.cache;

import java.util.UUID;

import org.jdbi.v3.core.Handle;

/// The record of which results are there to be reused. Whoever keeps the jobs brings one.
public interface StoredResults {
    /// What to stop reusing.
    sealed interface Selection {
        /// @param templateId of the workspace
        record OfTemplate(UUID templateId) implements Selection {}

        /// @param inputHash lower-case hex
        record OfInput(String inputHash) implements Selection {}

        record All() implements Selection {}
    }

    /// @throws dev.promptlab.web.Failure.NotFound when it names what the workspace does not have
    void check(UUID workspaceId, Selection selection);

    /// Takes completed jobs off the record: they stay, and answer nobody else any more.
    ///
    /// @return how many, at most `limit`
    int release(Handle tx, UUID workspaceId, Selection selection, int limit);

    /// How many results are there to be reused, at most `limit`.
    int count(Handle handle, UUID workspaceId, int limit);
}
