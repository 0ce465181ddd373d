/// The audit trail: read, sealed and proved. What writes it is [dev.promptlab.workspace.access.Audit].
///
/// Read [Chain] first. Each event stands in the chain of its workspace about a second after its transaction has committed
/// ([Sealer]); [AuditProof] recomputes a chain. Nothing here changes an event. Depends on `workspace.access` and the ground.
@NullMarked
package dev.promptlab.workspace.audit;

import org.jspecify.annotations.NullMarked;
