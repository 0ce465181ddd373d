package dev.promptlab.callback;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Rows of `callback_secret`.
final class SecretStore {
    /// What a workspace signs with, sealed.
    ///
    /// @param previous signs too, until `previousUntil`; null when there is none or its time is over
    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    record Sealed(byte[] latest, Instant createdAt, byte @Nullable [] previous, @Nullable Instant previousUntil) {}

    private SecretStore() {}

    static Optional<Sealed> find(Handle handle, UUID workspaceId) {
        return handle.createQuery("""
                select sealed, created_at, case when previous_until > now() then previous end as previous,
                       case when previous_until > now() then previous_until end as previous_until
                  from callback_secret where workspace_id = :workspaceId""")
                .bind("workspaceId", workspaceId).map((row, _) -> sealed(row)).findOne();
    }

    /// Unless there is one.
    static void put(Handle tx, UUID workspaceId, byte[] sealed) {
        tx.createUpdate(
                """
                        insert into callback_secret (workspace_id, sealed) values (:workspaceId, :sealed) on conflict do nothing""")
                .bind("workspaceId", workspaceId).bind("sealed", sealed).execute();
    }

    /// @param overlap how long the one before goes on to sign
    static void replace(Handle tx, UUID workspaceId, byte[] sealed, Duration overlap) {
        tx.createUpdate(
                """
                        insert into callback_secret as s (workspace_id, sealed) values (:workspaceId, :sealed)
                        on conflict (workspace_id) do update
                           set sealed = excluded.sealed, created_at = now(), previous = s.sealed, previous_until = now() + :overlap""")
                .bind("workspaceId", workspaceId).bind("sealed", sealed).bind("overlap", overlap).execute();
    }

    /// Of a deleted workspace.
    static void delete(Handle tx, UUID workspaceId) {
        tx.createUpdate("delete from callback_secret where workspace_id = :workspaceId")
                .bind("workspaceId", workspaceId).execute();
    }

    private static Sealed sealed(ResultSet row) throws SQLException {
        var until = row.getObject("previous_until", OffsetDateTime.class);
        return new Sealed(row.getBytes("sealed"), row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getBytes("previous"), until == null ? null : until.toInstant());
    }
}
