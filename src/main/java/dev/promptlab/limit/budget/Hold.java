package dev.promptlab.limit.budget;

import java.time.Instant;
import java.util.UUID;

/// What is held of one budget for one job.
///
/// @param periodStart of the period in which the job was submitted, whenever it ends
/// @param amount for all its calls so far, or what is to be added for the next one
/// @param call for one call
record Hold(UUID jobId, UUID budgetId, Instant periodStart, UUID workspaceId, Amount amount, Amount call) {}
