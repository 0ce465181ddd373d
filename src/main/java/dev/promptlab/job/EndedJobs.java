package dev.promptlab.job;

import java.util.Optional;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.callback.JobSource;
import dev.promptlab.db.Database;

/// What callbacks tell: jobs as `GET /jobs/{id}` shows them.
public record EndedJobs(Database db) implements JobSource {
    @Override
    public Optional<ObjectNode> findEnded(UUID workspaceId, UUID jobId) {
        return db.autocommit(workspaceId, handle -> JobStore.find(handle, workspaceId, jobId))
                .filter(job -> !job.status().isLive()).map(Job::toJson);
    }
}
