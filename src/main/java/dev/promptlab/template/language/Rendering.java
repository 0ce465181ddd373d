package dev.promptlab.template.language;

import java.util.List;

/// A filled template.
///
/// @param text complete only when nothing was undefined; each undefined value stands in it as nothing
/// @param undefined what the evaluation needed and did not find, each path once, in order, at most 100
public record Rendering(String text, List<Undefined> undefined) {
    /// @param path as in `topic`, `user.name` or `items[3].title`
    /// @param position where it was needed first
    public record Undefined(String path, Position position) {}
}
