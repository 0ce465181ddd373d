package dev.promptlab.template;

import org.jspecify.annotations.Nullable;

/// A template to be made.
///
/// @param key null derives a free one from the name
record TemplateDraft(@Nullable String key, String name, @Nullable String description, Content content) {}
