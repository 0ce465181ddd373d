package dev.promptlab.eval.gate;

import java.util.Set;

import org.jspecify.annotations.Nullable;

/// What the gate knows of a case before it is run.
///
/// @param id stable over versions of the suite
/// @param name for people
/// @param cluster cases of a cluster are no independent evidence; null = on its own
/// @param must a confirmed failure blocks whatever the statistics say
public record CaseFacts(String id, String name, Set<String> tags, @Nullable String cluster, boolean must) {
    public CaseFacts {
        tags = Set.copyOf(tags);
    }
}
