package dev.promptlab.cache;

/// Where a reused result was found.
enum Hit {
    MEMORY, REDIS, DATABASE
}
