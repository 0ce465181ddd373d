/// Users and how they prove who they are: passwords, sessions, access tokens, tokens of an outside issuer.
///
/// Read [Accounts] first, then [Sessions] and [AccessTokens]; [SigningKeys] says what tokens are signed with and [LoginLimits] how
/// often one may guess. Nothing secret is stored in the clear: passwords as Argon2id, refresh tokens and cookies as SHA-256 of 256
/// random bits, signing keys sealed with the master key. Runs on the database role `promptlab_auth`. Knows no workspaces but
/// through [UserWorkspaces]. Depends on `workspace.access`, `workspace.secret` and the ground.
@NullMarked
package dev.promptlab.workspace.account;

import org.jspecify.annotations.NullMarked;
