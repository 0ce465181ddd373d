/// Jobs from submit to settle: the queue on PostgreSQL, its workers, retries and leases.
///
/// Read [Jobs] (submit and read), then [Dispatcher] (claim) and [QueueStore] (every transition). Invariants: every
/// transition is a compare-and-set on (id, state, epoch); no provider call happens inside a transaction; only the
/// time of the database decides. Depends on `template`, `provider`, `callback`, `workspace` and the
/// ground.
@NullMarked
package dev.promptlab.job;

import org.jspecify.annotations.NullMarked;
