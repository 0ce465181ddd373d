@NullMarked
package dev.promptlab.provider.key;

import org.jspecify.annotations.NullMarked;
