package dev.promptlab.template;

import org.jspecify.annotations.Nullable;

/// A template to be made.
///
/// @param key null derives a free one from the name
/// @param message why, for the list of versions
record TemplateDraft(@Nullable String key, String name, @Nullable String description, Content content,
        @Nullable String message) {}
