/// The parts of live updates by themselves; the whole of it is in `EventIT`.
@NullMarked
package dev.promptlab.event;

import org.jspecify.annotations.NullMarked;
