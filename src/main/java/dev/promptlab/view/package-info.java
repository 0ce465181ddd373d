/// Filters that people save under a name.
///
/// Read [ViewRoutes]. A view belongs to the workspace: who may see its jobs sees its views, and on a server without login that is
/// everybody. What a view means is the page's business; here it is text. Depends on `workspace.access` and the ground.
@NullMarked
package dev.promptlab.view;

import org.jspecify.annotations.NullMarked;
