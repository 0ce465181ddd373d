package dev.promptlab.template;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/// Where a label points.
///
/// @param previousVersion where it pointed before, null when it was new
record LabelState(String label, int version, @Nullable Integer previousVersion, Instant updatedAt) {}
