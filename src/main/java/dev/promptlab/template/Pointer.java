package dev.promptlab.template;

/// What a [VersionRef] points to at this moment.
///
/// @param version 0 when the template has no such version or label
/// @param latestVersion for messages
record Pointer(String key, String name, boolean archived, int latestVersion, int version) {}
