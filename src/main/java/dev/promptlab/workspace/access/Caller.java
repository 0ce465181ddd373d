package dev.promptlab.workspace.access;

import java.util.UUID;

import io.javalin.http.Context;

/// Who asks, and for which workspace.
///
/// @param name for histories
public record Caller(UUID workspaceId, String name) {
    /// The workspace that exists before there are accounts.
    public static final UUID DEFAULT_WORKSPACE = UUID.fromString("00000000-0000-7000-8000-000000000001");

    /// The owner of a server without login.
    public static final Caller LOCAL = new Caller(DEFAULT_WORKSPACE, "local");

    /// The caller of a request. Without accounts everybody who may reach the server is its owner.
    public static Caller of(@SuppressWarnings("unused") Context ctx) {
        return LOCAL;
    }
}
