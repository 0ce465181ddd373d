/// API keys: what callers show us instead of signing in. Read [ApiKeys] (whose key is this?), then [IssuedKeys] (make, list,
/// revoke). Invariants: a key is shown once and kept as an HMAC; it never has more scopes than whoever made it; a revoked one is
/// refused within two seconds by every process; revoking a key revokes those that were made with it. Depends on
/// `workspace.access`, `workspace.secret` and the ground.
@NullMarked
package dev.promptlab.workspace.key;

import org.jspecify.annotations.NullMarked;
