/// PostgreSQL: connections, transactions, migrations, ids and batching. The embedded server is in `embedded`.
///
/// Read [Database] first. Ground: knows no feature and no table.
@NullMarked
package dev.promptlab.db;

import org.jspecify.annotations.NullMarked;
