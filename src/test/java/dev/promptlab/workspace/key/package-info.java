@NullMarked
package dev.promptlab.workspace.key;

import org.jspecify.annotations.NullMarked;
