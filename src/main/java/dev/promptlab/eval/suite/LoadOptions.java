package dev.promptlab.eval.suite;

import java.util.Set;

import dev.promptlab.eval.assertion.Sandbox;

/// What a suite may do and refer to.
///
/// @param scriptFiles whether `.js` files may be run, in the sandbox as well; never on a server
/// @param providers the providers that calls can go to, by their names
/// @param templates finds what `promptlab.template` names
/// @param sandbox for the syntax of scripts, and for `transformVars`
public record LoadOptions(boolean scriptFiles, Set<String> providers, PromptSource templates, Sandbox sandbox) {
    public LoadOptions {
        providers = Set.copyOf(providers);
    }
}
