package dev.promptlab.limit.budget;

import java.util.UUID;

import org.jspecify.annotations.Nullable;

/// A job that counts in the budgets of its workspace, and of the API key it was submitted with.
///
/// @param apiKeyId null without one
/// @param worst of one call; each later one is asked for before it is made
public record Claim(UUID jobId, UUID workspaceId, @Nullable UUID apiKeyId, WorstCase worst) {}
