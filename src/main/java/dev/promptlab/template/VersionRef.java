package dev.promptlab.template;

import java.util.UUID;

import org.jspecify.annotations.Nullable;

/// Which version is meant: that number, what that label points to, or the latest when both are null.
public record VersionRef(UUID workspaceId, UUID templateId, @Nullable Integer version, @Nullable String label) {
    /// A label of every template that always points to the latest version and cannot be moved.
    static final String LATEST = "latest";
}
