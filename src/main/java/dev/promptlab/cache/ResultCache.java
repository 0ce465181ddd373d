package dev.promptlab.cache;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

/// What this process knows of completed jobs, which never change: which job answered an input, and its JSON. The workspace is
/// part of every key. Thread-safe.
public final class ResultCache {
    private static final int MAX_INPUTS = 100_000;
    private static final int MAX_JSON_BYTES = 32 << 20;
    private static final int ENTRY_OVERHEAD_BYTES = 150;

    private record Key(UUID workspaceId, Object of) {}

    private final Cache<Key, UUID> jobByInput;
    private final Cache<Key, byte[]> jsonByJob;

    /// @param ttl how long an entry stays
    public ResultCache(Duration ttl) {
        jobByInput = Caffeine.newBuilder().maximumSize(MAX_INPUTS).expireAfterWrite(ttl).build();
        jsonByJob = Caffeine.newBuilder().maximumWeight(MAX_JSON_BYTES).expireAfterWrite(ttl)
                .<Key, byte[]>weigher((_, json) -> json.length + ENTRY_OVERHEAD_BYTES).build();
    }

    /// The completed job that answers an input.
    ///
    /// @param inputHash a value with equality
    public Optional<UUID> jobFor(UUID workspaceId, Object inputHash) {
        return Optional.ofNullable(jobByInput.getIfPresent(new Key(workspaceId, inputHash)));
    }

    public void putJobFor(UUID workspaceId, Object inputHash, UUID completedJob) {
        jobByInput.put(new Key(workspaceId, inputHash), completedJob);
    }

    /// Another job answers this input from now on.
    public void forget(UUID workspaceId, Object inputHash) {
        jobByInput.invalidate(new Key(workspaceId, inputHash));
    }

    /// UTF-8. Callers must not write to it.
    public Optional<byte[]> json(UUID workspaceId, UUID jobId) {
        return Optional.ofNullable(jsonByJob.getIfPresent(new Key(workspaceId, jobId)));
    }

    public void putJson(UUID workspaceId, UUID completedJob, byte[] json) {
        jsonByJob.put(new Key(workspaceId, completedJob), json);
    }
}
