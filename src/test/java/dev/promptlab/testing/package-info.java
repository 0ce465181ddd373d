/// What tests of every feature share: a real database, hand-written doubles.
@NullMarked
package dev.promptlab.testing;

import org.jspecify.annotations.NullMarked;
