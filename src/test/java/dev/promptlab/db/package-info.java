@NullMarked
package dev.promptlab.db;

import org.jspecify.annotations.NullMarked;
