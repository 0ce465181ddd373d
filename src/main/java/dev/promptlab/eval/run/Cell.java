package dev.promptlab.eval.run;

import dev.promptlab.eval.gate.Arm;
import dev.promptlab.eval.suite.Case;

/// A case on an arm, once.
///
/// @param index place in the order of results: case, arm, repeat; from 0
/// @param variant which arm of the suite
/// @param key what the gate pairs
record Cell(int index, Case testCase, dev.promptlab.eval.suite.Arm variant, int repeat, Arm side, String key) {}
