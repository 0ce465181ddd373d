package dev.promptlab.cache;

import java.util.HexFormat;
import java.util.UUID;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Inputs that another job answers from now on, or none: to be written in the transaction that makes it so. After the commit
/// [ResultCache#forget] makes it known faster.
///
/// @param inputHash lower-case hex; null = every input of the workspace
public record Forgotten(UUID workspaceId, @Nullable String inputHash) {
    public void record(Handle tx) {
        ForgetStore.insert(tx, workspaceId, inputHash == null ? null : HexFormat.of().parseHex(inputHash));
    }
}
