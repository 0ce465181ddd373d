package dev.promptlab.eval.suite;

import java.util.List;

import dev.promptlab.provider.Message;

/// Where the templates of the product are found.
@FunctionalInterface
public interface PromptSource {
    PromptSource NONE = _ -> List.of();

    /// A version of a template.
    ///
    /// @param label what arms are called by: `key@3`
    /// @param messages not filled
    record Version(String label, List<Message> messages) {
        public Version {
            messages = List.copyOf(messages);
        }
    }

    /// The versions to run; none when there is no such template.
    ///
    /// @param reference `key`, `key@version` or `key@label`
    List<Version> find(String reference);
}
