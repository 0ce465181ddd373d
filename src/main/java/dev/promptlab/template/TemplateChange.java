package dev.promptlab.template;

import org.jspecify.annotations.Nullable;

/// The next state of a template.
///
/// @param name null keeps it
/// @param description null keeps it, the empty string removes it
/// @param content replaces the old as a whole
/// @param message why, for the list of versions
/// @param ifVersion what the latest version must be for the change to happen; null for any
record TemplateChange(@Nullable String name, @Nullable String description, Content content, @Nullable String message,
        @Nullable Integer ifVersion) {}
