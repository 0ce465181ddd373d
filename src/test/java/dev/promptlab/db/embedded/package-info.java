@NullMarked
package dev.promptlab.db.embedded;

import org.jspecify.annotations.NullMarked;
