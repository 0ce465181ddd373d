package dev.promptlab.callback;

import java.util.Collection;
import java.util.List;
import java.util.UUID;

import org.jdbi.v3.core.Handle;

/// What the life of a job means for its callback. That a job has ended needs no call: the schema sees its dispatch row go.
public final class Callbacks {
    /// Somebody wants to hear of a job.
    ///
    /// @param url checked by [dev.promptlab.egress.OutgoingUrls]
    public record Wanted(UUID jobId, UUID workspaceId, String url) {}

    private Callbacks() {}

    /// In the transaction that submits the jobs.
    public static void register(Handle tx, List<Wanted> wanted) {
        if (!wanted.isEmpty()) {
            CallbackStore.insert(tx, wanted);
        }
    }

    /// In the transaction that puts ended jobs back into the queue: what is still to be told about their former end is not told
    /// any more, and their next end is told under a new delivery id.
    public static void rearm(Handle tx, Collection<UUID> jobIds) {
        if (!jobIds.isEmpty()) {
            CallbackStore.rearm(tx, List.copyOf(jobIds));
        }
    }
}
