package dev.promptlab.template;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/// A template with its latest version.
///
/// @param key unique in the workspace, a slug as in `blog-post-writer`
/// @param version number of the latest version, from 1
/// @param labels version by label
/// @param archivedAt null while in use; an archived template is readable and takes no change and no new job
public record Template(UUID id, String key, String name, @Nullable String description, int version, Content content,
        Map<String, Integer> labels, @Nullable Instant archivedAt, Instant createdAt, Instant updatedAt) {}
