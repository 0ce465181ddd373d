/// Workspaces: who is calling ([dev.promptlab.web.Gatekeeper]s). What every feature needs to know of them is in `access`.
@NullMarked
package dev.promptlab.workspace;

import org.jspecify.annotations.NullMarked;
