package dev.promptlab.job;

import java.util.Optional;
import java.util.UUID;

import dev.promptlab.db.Database;
import dev.promptlab.event.JobLookup;

/// What streams of events have to know of jobs.
public record JobLives(Database db) implements JobLookup {
    @Override
    public Optional<Life> find(UUID workspaceId, UUID jobId) {
        return db.autocommit(workspaceId, handle -> JobStore.life(handle, workspaceId, jobId));
    }
}
