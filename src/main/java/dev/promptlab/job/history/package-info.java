/// Figures over time: what ended and what was called, rolled up in buckets of 5 and of 60 minutes.
///
/// Read [Rollup] (how the figures come about), then [HistoryRoutes] (what they answer). Invariants: a figure is a fact of the
/// past, so nothing that happens to a job later changes it - a job that failed, was redriven and completed counts as two
/// endings, and its money counts where each call ended; every ending and every call is counted once; nothing is
/// written while jobs are submitted, claimed or settled. Depends on `web`, `db` and `workspace.access`.
@NullMarked
package dev.promptlab.job.history;

import org.jspecify.annotations.NullMarked;
