/// Provider keys: what a workspace pays its providers with, instead of the server's keys. Read [KeyedProviders] (who calls what
/// with whose key), then [ProviderKeys] (save, show, remove, try). Invariants: a key is written and never read back by anybody;
/// it opens only for its workspace and the origin of its base URL; a base URL that a user entered is called only over the guarded
/// path; work that was taken in for one key is never done with another. Depends on `provider`, `workspace.access`,
/// `workspace.secret` and the ground.
@NullMarked
package dev.promptlab.provider.key;

import org.jspecify.annotations.NullMarked;
