/// Workspaces, who belongs to them, invitations, and how a workspace ends.
///
/// Read [Memberships] first (what the gate asks at every request), then [Members], whose rule is that one owner always stays, and
/// [Removal]. What is asked over all workspaces - whose a person is, an invitation by its token - runs on the database role
/// `promptlab_auth`; what happens inside one workspace runs on `promptlab_api` under its policy. Depends on `workspace.access`,
/// on the port that `workspace.account` declares, and on the ground.
@NullMarked
package dev.promptlab.workspace.member;

import org.jspecify.annotations.NullMarked;
