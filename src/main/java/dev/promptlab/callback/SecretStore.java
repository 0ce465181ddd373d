package dev.promptlab.callback;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import dev.promptlab.workspace.secret.SealedColumn;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/// Rows of `callback_secret`.
final class SecretStore {
    /// What a workspace signs with, sealed.
    ///
    /// @param previous signs too, until `previousUntil`; null when there is none or its time is over
    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    record Sealed(byte[] latest, Instant createdAt, byte @Nullable [] previous, @Nullable Instant previousUntil) {}

    static final SealedColumn SEALED = new SealedColumn() {
        @Override
        public String name() {
            return "callback_secret.sealed";
        }

        @Override
        public List<Value> listOthers(Handle handle, byte[] header, String after, int limit) {
            return values(handle.createQuery("""
                    select workspace_id, sealed as value from callback_secret
                     where substring(sealed from 1 for length(:header)) <> :header and workspace_id::text > :after
                     order by workspace_id::text limit :limit"""), header, after, limit);
        }

        @Override
        public boolean replace(Handle tx, Value value, byte[] sealed) {
            return tx.createUpdate("""
                    update callback_secret set sealed = :sealed where workspace_id = :workspaceId and sealed = :old""")
                    .bind("sealed", sealed).bind("workspaceId", value.workspaceId()).bind("old", value.sealed())
                    .execute() == 1;
        }
    };

    static final SealedColumn PREVIOUS = new SealedColumn() {
        @Override
        public String name() {
            return "callback_secret.previous";
        }

        @Override
        public List<Value> listOthers(Handle handle, byte[] header, String after, int limit) {
            return values(handle.createQuery("""
                    select workspace_id, previous as value from callback_secret
                     where substring(previous from 1 for length(:header)) <> :header and workspace_id::text > :after
                     order by workspace_id::text limit :limit"""), header, after, limit);
        }

        @Override
        public boolean replace(Handle tx, Value value, byte[] sealed) {
            return tx.createUpdate(
                    """
                            update callback_secret set previous = :sealed where workspace_id = :workspaceId and previous = :old""")
                    .bind("sealed", sealed).bind("workspaceId", value.workspaceId()).bind("old", value.sealed())
                    .execute() == 1;
        }
    };

    private SecretStore() {}

    private static List<SealedColumn.Value> values(Query query, byte[] header, String after, int limit) {
        return query.bind("header", header).bind("after", after).bind("limit", limit)
                .map((row, _) -> new SealedColumn.Value(row.getString("workspace_id"),
                        row.getObject("workspace_id", UUID.class), SigningSecrets.PURPOSE, row.getBytes("value")))
                .list();
    }

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
