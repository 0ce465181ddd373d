@NullMarked
package dev.promptlab.egress;

import org.jspecify.annotations.NullMarked;
