@NullMarked
package dev.promptlab.callback;

import org.jspecify.annotations.NullMarked;
