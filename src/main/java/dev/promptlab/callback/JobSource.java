package dev.promptlab.callback;

import java.util.Optional;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// Gives the JSON of ended jobs, as `GET /jobs/{id}` answers it. Implemented by `job`, which stands above this package.
@FunctionalInterface
public interface JobSource {
    /// Empty when there is no such job or it lives.
    Optional<ObjectNode> findEnded(UUID workspaceId, UUID jobId);
}
