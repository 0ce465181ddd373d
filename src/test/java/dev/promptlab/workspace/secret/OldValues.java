package dev.promptlab.workspace.secret;

import java.util.UUID;

/// Values as they were sealed before there were data keys.
public final class OldValues {
    private OldValues() {}

    public static byte[] seal(MasterKey master, byte[] secret, UUID workspaceId, String purpose) {
        return master.seal(secret, workspaceId, purpose);
    }
}
