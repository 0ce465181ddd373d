/// Callbacks: when a job has ended, its JSON is posted to the URL that its submitter named. Read [Callbacks] (what `job` calls),
/// [Deliverer] (the calls), then [CallbackStore]. Invariants: a callback becomes due in the transaction that ends its job (a
/// trigger of the schema); a delivery is claimed under a lease in database time, and only its claimer may record what became
/// of it; a receiver hears of every ending at least once. Depends on `workspace` and the ground; `job` hands in its JSON
/// through [JobSource].
@NullMarked
package dev.promptlab.callback;

import org.jspecify.annotations.NullMarked;
