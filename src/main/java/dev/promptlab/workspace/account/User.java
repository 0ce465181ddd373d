package dev.promptlab.workspace.account;

import java.util.UUID;

/// Somebody with an account.
///
/// @param email in lower case
record User(UUID id, String email, String name) {}
