/// A PostgreSQL of our own for people who have none at hand: one folder, one process, full durability.
///
/// Read [EmbeddedPostgres] first. The folder holds `lock` (held for life by the one process that may use it), `secret` (the
/// password, 0600), `binaries` (unpacked once per version), `data`, `log` (the server's). Knows `db` only for [dev.promptlab.db.DatabaseUrl].
@NullMarked
package dev.promptlab.db.embedded;

import org.jspecify.annotations.NullMarked;
