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

    private record Input(UUID workspaceId, String hash) {}

    private record Job(UUID workspaceId, UUID id) {}

    private final Cache<Input, UUID> jobByInput;
    private final Cache<Job, byte[]> jsonByJob;

    /// @param ttl how long an entry stays
    public ResultCache(Duration ttl) {
        jobByInput = Caffeine.newBuilder().maximumSize(MAX_INPUTS).expireAfterWrite(ttl).build();
        jsonByJob = Caffeine.newBuilder().maximumWeight(MAX_JSON_BYTES).expireAfterWrite(ttl)
                .<Job, byte[]>weigher((_, json) -> json.length + ENTRY_OVERHEAD_BYTES).build();
    }

    /// The completed job that answers an input.
    public Optional<UUID> jobFor(UUID workspaceId, String inputHash) {
        return Optional.ofNullable(jobByInput.getIfPresent(new Input(workspaceId, inputHash)));
    }

    public void putJobFor(UUID workspaceId, String inputHash, UUID completedJob) {
        jobByInput.put(new Input(workspaceId, inputHash), completedJob);
    }

    /// Another job answers this input from now on.
    public void forget(UUID workspaceId, String inputHash) {
        jobByInput.invalidate(new Input(workspaceId, inputHash));
    }

    /// UTF-8. Callers must not write to it.
    public Optional<byte[]> json(UUID workspaceId, UUID jobId) {
        return Optional.ofNullable(jsonByJob.getIfPresent(new Job(workspaceId, jobId)));
    }

    public void putJson(UUID workspaceId, UUID completedJob, byte[] json) {
        jsonByJob.put(new Job(workspaceId, completedJob), json);
    }
}
