package dev.promptlab.template;

import org.jspecify.annotations.Nullable;

/// Where a label points after a move.
///
/// @param previousVersion where it pointed before, the same when nothing moved; null when it was new
record LabelState(String label, int version, @Nullable Integer previousVersion) {}
