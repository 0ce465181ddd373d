package dev.promptlab.cache;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// What every process must forget.
final class ForgetStore {
    /// @param transaction that wrote it
    record Row(long transaction, Forgotten what) {}

    /// @param next where to read on: everything before it has been seen
    record Page(long next, List<Row> rows) {}

    private ForgetStore() {}

    static void insert(Handle tx, UUID workspaceId, byte @Nullable [] inputHash) {
        tx.createUpdate("insert into cache_forget (workspace_id, input_hash) values (:workspaceId, :inputHash)")
                .bind("workspaceId", workspaceId).bind("inputHash", inputHash).execute();
    }

    /// What transactions from `from` on have written. Those that are still open come with a later page, which therefore begins at the
    /// oldest of them and repeats what came with this one.
    static Page since(Handle handle, long from) {
        var next = new AtomicLong();
        var rows = handle.createQuery("""
                select s.oldest_open::text::bigint as next, f.xid::text::bigint as xid, f.workspace_id, f.input_hash
                  from (select pg_snapshot_xmin(pg_current_snapshot()) as oldest_open) s
                  left join cache_forget f on f.xid >= cast(:from as xid8)""").bind("from", Long.toString(from))
                .map((row, _) -> {
                    next.set(row.getLong("next"));
                    return row(row);
                }).list();
        return new Page(next.get(), rows.stream().flatMap(Optional::stream).toList());
    }

    private static Optional<Row> row(ResultSet row) throws SQLException {
        var workspaceId = row.getObject("workspace_id", UUID.class);
        var hash = row.getBytes("input_hash");
        return workspaceId == null ? Optional.empty() : Optional.of(new Row(row.getLong("xid"),
                new Forgotten(workspaceId, hash == null ? null : HexFormat.of().formatHex(hash))));
    }

    /// Rows that every process has read long ago.
    static void prune(Handle handle, Duration age) {
        handle.createUpdate("delete from cache_forget where forgotten_at < now() - :age").bind("age", age).execute();
    }
}
