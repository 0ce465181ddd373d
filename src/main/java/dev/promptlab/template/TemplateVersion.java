package dev.promptlab.template;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/// One version of a template; all but `labels` never changes.
///
/// @param message why it was made
record TemplateVersion(UUID templateId, int version, Content content, @Nullable String message, List<String> labels,
        Instant createdAt) {}
