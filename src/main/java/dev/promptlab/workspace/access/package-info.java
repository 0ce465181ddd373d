/// Who is calling, for which workspace. The part of `workspace` that every feature may use.
@NullMarked
package dev.promptlab.workspace.access;

import org.jspecify.annotations.NullMarked;
