/// Suite files: promptfoo's configuration format with the key `promptlab:`. Read [SuiteLoader] first, then [Suite].
///
/// What always holds: a [Suite] is complete and checked, so that nothing about the file can go wrong later; whatever is wrong
/// is reported at once ([SuiteException]), with its place; no script of a user runs while a file is read, nothing is fetched,
/// and every file that is read has a bound.
@NullMarked
package dev.promptlab.eval.suite;

import org.jspecify.annotations.NullMarked;
