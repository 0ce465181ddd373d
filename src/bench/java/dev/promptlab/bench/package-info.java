/// Benchmarks: each prints ratios to a ceiling or peer measured in the same run. docs/benchmarks.md has figures.
@NullMarked
package dev.promptlab.bench;

import org.jspecify.annotations.NullMarked;
