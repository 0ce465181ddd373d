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
public record LoadOptions(boolean scriptFiles, Set<String> providers, PromptSource templates, Sandbox sandbox,
        @Nullable String judge) {
    public LoadOptions {
        providers = Set.copyOf(providers);
    }

    /// Suites must name their judges.
    public LoadOptions(boolean scriptFiles, Set<String> providers, PromptSource templates, Sandbox sandbox) {
        this(scriptFiles, providers, templates, sandbox, null);
    }
}
