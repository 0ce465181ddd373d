package dev.promptlab.template;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/// One entry of the history of a label.
///
/// @param id ascending in time
/// @param fromVersion null when the label was new
/// @param toVersion null when the label was removed
record LabelMove(long id, @Nullable Integer fromVersion, @Nullable Integer toVersion, String movedBy,
        @Nullable String reason, Instant movedAt) {}
