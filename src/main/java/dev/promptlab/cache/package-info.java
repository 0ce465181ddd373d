/// Results that are kept in memory. Only what never changes may be put in; a cache makes answers faster, never different.
@NullMarked
package dev.promptlab.cache;

import org.jspecify.annotations.NullMarked;
