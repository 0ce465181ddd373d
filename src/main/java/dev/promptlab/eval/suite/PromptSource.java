package dev.promptlab.eval.suite;

import java.util.List;
import java.util.Optional;

import dev.promptlab.provider.Message;

/// Where the templates of the product are found.
@FunctionalInterface
public interface PromptSource {
    PromptSource NONE = _ -> Optional.empty();

    /// The messages of a template version, not filled.
    ///
    /// @param reference `key`, `key@version` or `key@label`
    Optional<List<Message>> find(String reference);
}
