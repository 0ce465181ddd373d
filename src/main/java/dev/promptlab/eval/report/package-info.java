/// What a run tells: to a terminal, to programs (JSON, JSON lines, CSV, JUnit) and to people who were not there (HTML, Markdown).
/// Read [RunReport] first.
///
/// Always holds: every form is written from the same [RunReport], row by row, so that memory does not grow with the run; texts of
/// models are hostile and are escaped for the form they go into; what depends on the clock stands apart under `execution`.
@NullMarked
package dev.promptlab.eval.report;

import org.jspecify.annotations.NullMarked;
