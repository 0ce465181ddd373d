/// Runs a suite: makes the calls, has the answers graded, and decides. Read [Runner] first, then [Plan]
/// and [RunHome]: the folder of a command line, or the tables and the queue of a server.
///
/// Always holds: an answer is in the [RunBook] before it is graded, and a grade before it counts, so that a killed run goes on where
/// it was and at most the calls in flight are made again; a call is reserved in the budget before it is made; an error or a cut
/// answer is never cached; grading never calls for a new answer.
@NullMarked
package dev.promptlab.eval.run;

import org.jspecify.annotations.NullMarked;
