@NullMarked
package dev.promptlab.workspace.secret;

import org.jspecify.annotations.NullMarked;
