package dev.promptlab.template;

import java.util.UUID;

import org.jspecify.annotations.Nullable;

/// Which templates to list.
///
/// @param text somewhere in key, name or description, in any case; null for all
/// @param label only those that have it; null for all
/// @param archived the archived ones, or else those in use
/// @param before only older ones than this id; null for all
record TemplateFilter(@Nullable String text, @Nullable String label, boolean archived, @Nullable UUID before,
        int limit) {}
