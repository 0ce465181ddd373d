package dev.promptlab.provider;

/// One turn of a conversation, after rendering.
///
/// @param role `system`, `user`, `assistant` or `tool`
public record Message(String role, String content) {}
