package dev.promptlab.eval.suite;

import java.util.Set;

import dev.promptlab.eval.assertion.Sandbox;
import org.jspecify.annotations.Nullable;

/// What a suite may do and refer to.
///
/// @param scriptFiles whether `.js` files may be run, in the sandbox as well; never on a server
/// @param providers the providers that calls can go to, by their names
/// @param templates finds what `promptlab.template` names
/// @param sandbox for the syntax of scripts, and for `transformVars`
/// @param judge `provider:model` where the suite names none; null = there is none
/// @param maxCases of a suite, all lists in `vars` spread out
public record LoadOptions(boolean scriptFiles, Set<String> providers, PromptSource templates, Sandbox sandbox,
        @Nullable String judge, int maxCases) {
    /// What fits into the memory of a process of its own.
    private static final int MAX_CASES = 2_000_000;

    public LoadOptions {
        providers = Set.copyOf(providers);
    }

    /// For a process of its own.
    public LoadOptions(boolean scriptFiles, Set<String> providers, PromptSource templates, Sandbox sandbox,
            @Nullable String judge) {
        this(scriptFiles, providers, templates, sandbox, judge, MAX_CASES);
    }

    /// Suites must name their judges.
    public LoadOptions(boolean scriptFiles, Set<String> providers, PromptSource templates, Sandbox sandbox) {
        this(scriptFiles, providers, templates, sandbox, null);
    }
}
