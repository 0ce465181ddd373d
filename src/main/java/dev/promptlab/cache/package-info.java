/// Results that are used again: in this process, behind it in Redis, and what that has saved.
///
/// Read [ResultCache] first, then [LayeredCache] and [Forgetting]. What always holds: only what never changes is kept; the workspace is
/// part of every key; a cache makes answers faster and never different, except for what docs/adr/0015-result-cache.md says; and no
/// failure here fails a request. The record of what may be reused is the jobs' ([StoredResults]).
@NullMarked
package dev.promptlab.cache;

import org.jspecify.annotations.NullMarked;
