/// Logs and metrics. Ground: knows no feature.
@NullMarked
package dev.promptlab.telemetry;

import org.jspecify.annotations.NullMarked;
