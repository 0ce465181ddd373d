/// Budgets: what a workspace, or one API key of it, may use in a period.
///
/// Read [Budget], then [Holds] (a job reserves its worst case when it is submitted) and [Settlements] (the actual takes its
/// place when the job has ended). Invariants: spent + unknown + held of a budget and period never grows beyond the limit;
/// `held` is the sum of the holds; a hold is written with its job and stays until it is settled; PostgreSQL decides, under
/// the lock of the row in `budget_use`. Depends on `workspace.access` and the ground.
@NullMarked
package dev.promptlab.limit.budget;

import org.jspecify.annotations.NullMarked;
