/// The commands. Parses arguments, starts what [dev.promptlab.Server] wires, prints for people.
@NullMarked
package dev.promptlab.cli;

import org.jspecify.annotations.NullMarked;
