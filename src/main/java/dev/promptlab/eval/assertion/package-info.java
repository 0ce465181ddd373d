/// Grades one answer by what a suite asks of it. Read [Assertions] first, then [AssertionType].
///
/// What always holds: the same spec and output give the same grade, except where a [Judge], a [Webhook] or a clock takes part;
/// an error (judge without JSON, no cost known, script out of time) is never a pass and never a failure; nothing here keeps
/// state, opens a connection or reads a file by itself. Scripts of users run in a process of their own ([Sandbox]).
@NullMarked
package dev.promptlab.eval.assertion;

import org.jspecify.annotations.NullMarked;
