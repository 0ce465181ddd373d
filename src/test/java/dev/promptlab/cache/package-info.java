@NullMarked
package dev.promptlab.cache;

import org.jspecify.annotations.NullMarked;
