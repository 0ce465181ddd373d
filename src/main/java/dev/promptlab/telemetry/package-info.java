/// Logs, metrics and traces. Ground: knows no feature. Read [Logs], [Metrics] and [Traces] first.
@NullMarked
package dev.promptlab.telemetry;

import org.jspecify.annotations.NullMarked;
