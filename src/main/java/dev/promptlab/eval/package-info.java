/// Evaluations: whether a prompt got better or worse. What is tested comes from `suite`, single answers are judged by
/// `assertion`, `run` makes the calls, `gate` decides with `statistics`, `report` tells.
@NullMarked
package dev.promptlab.eval;

import org.jspecify.annotations.NullMarked;
