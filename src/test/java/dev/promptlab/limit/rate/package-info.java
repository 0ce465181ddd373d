@NullMarked
package dev.promptlab.limit.rate;

import org.jspecify.annotations.NullMarked;
