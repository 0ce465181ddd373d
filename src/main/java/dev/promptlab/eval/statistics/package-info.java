/// Tests and intervals for paired scores. Pure functions over numbers: no clock, no chance that is not seeded, no I/O; they know
/// nothing of prompts. Read [PairedDifference] and [McNemar] first.
///
/// Differences are always candidate minus baseline: below zero is worse. Sources: Wilson 1927; McNemar 1947 (exact form);
/// Holm 1979; Cohen 1960; Miller 2024, "Adding Error Bars to Evals", arXiv 2411.00640.
@NullMarked
package dev.promptlab.eval.statistics;

import org.jspecify.annotations.NullMarked;
