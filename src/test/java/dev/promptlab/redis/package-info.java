@NullMarked
package dev.promptlab.redis;

import org.jspecify.annotations.NullMarked;
