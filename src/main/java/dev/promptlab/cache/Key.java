package dev.promptlab.cache;

import java.util.UUID;

/// What a value is found by. The workspace is part of it, so that nothing is ever shared across workspaces.
///
/// @param name unique in the workspace, with the kind of value: `input:` and a hash, `job:` and an id
record Key(UUID workspaceId, String name) {
    /// In Redis. The braces keep a workspace together in a Cluster.
    String text() {
        return prefix(workspaceId) + name;
    }

    /// Where Redis keeps the generation of a workspace's values: those of another one count as absent.
    static String generation(UUID workspaceId) {
        return prefix(workspaceId) + "generation";
    }

    private static String prefix(UUID workspaceId) {
        return "promptlab:cache:{" + workspaceId + "}:";
    }
}
