/// Evaluations of a workspace: suites and their versions, runs on the product's queue, baselines, gates of labels. Read [Runs] first, then
/// [RunDriver] with [QueuedAsker] and [TableBook].
///
/// Always holds: one process drives a run at a time, and what it writes counts only under the epoch of its claim; each call is a job with
/// a salt that the next driver finds again, so that nothing is paid twice; a suite is never read from a disk, runs no script files and calls
/// URLs only through the guard of [dev.promptlab.egress]; everything is the workspace's own.
@NullMarked
package dev.promptlab.eval.server;

import org.jspecify.annotations.NullMarked;
