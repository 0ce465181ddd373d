/// Workspaces. So far one, the default; what every feature needs to know of them is in `access`.
@NullMarked
package dev.promptlab.workspace;

import org.jspecify.annotations.NullMarked;
