package dev.promptlab.template.language;

import java.util.List;

import org.jspecify.annotations.Nullable;

/// What a template is made of. Offsets point into the source.
sealed interface Node {
    record Text(String text) implements Node {}

    record Output(Expr value, int offset) implements Node {}

    /// The body of the first branch whose condition holds, else `otherwise`.
    record If(List<Branch> branches, List<Node> otherwise) implements Node {}

    record Branch(Expr condition, List<Node> body, int offset) {}

    /// `body` once per entry of `items`, `otherwise` when there is none.
    ///
    /// @param keyName set in `for key, value in object`
    record For(@Nullable String keyName, String valueName, Expr items, List<Node> body, List<Node> otherwise,
            int offset) implements Node {}
}
