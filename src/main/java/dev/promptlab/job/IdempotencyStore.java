package dev.promptlab.job;

import java.util.Optional;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

/// Answers that are given again when their `Idempotency-Key` comes back.
final class IdempotencyStore {
    /// @param json the body
    /// @param ofSameBody whether the request had the same body
    record Stored(int status, String json, boolean ofSameBody) {}

    private IdempotencyStore() {}

    /// Locks the key until the end of the transaction; false when another request with it is being answered.
    static boolean tryLock(Handle tx, IdempotencyKey key) {
        return bind(tx.createQuery(
                """
                        select pg_try_advisory_xact_lock(hashtextextended(concat_ws(' ', 'idempotency', :workspaceId, :route, :key), 0))"""),
                key).mapTo(Boolean.class).one();
    }

    static Optional<Stored> find(Handle handle, IdempotencyKey key) {
        return bind(handle.createQuery(
                """
                        select status, answer, encode(body_hash, 'hex') = :bodyHash as same from idempotency_key
                         where workspace_id = :workspaceId and route = :route and key = :key and created_at > now() - interval '24 h'"""),
                key)
                .bind("bodyHash", key.bodyHash())
                .map((row, _) -> new Stored(row.getInt("status"), row.getString("answer"),
                        row.getBoolean("same")))
                .findOne();
    }

    /// Keeps an answer, in the transaction of the work; one that is past its time is replaced.
    static void put(Handle tx, IdempotencyKey key, int status, String json) {
        bind(tx.createUpdate(
                """
                        insert into idempotency_key (workspace_id, route, key, body_hash, status, answer)
                        values (:workspaceId, :route, :key, decode(:bodyHash, 'hex'), :status, :answer)
                        on conflict (workspace_id, route, key) do update
                           set body_hash = excluded.body_hash, status = excluded.status, answer = excluded.answer, created_at = now()"""),
                key).bind("bodyHash", key.bodyHash()).bind("status", status).bind("answer", json).execute();
    }

    /// Removes what is past its time.
    static int prune(Handle handle) {
        return handle.createUpdate("""
                delete from idempotency_key where created_at < now() - interval '24 h'""").execute();
    }

    private static <S extends SqlStatement<S>> S bind(S statement, IdempotencyKey key) {
        return statement.bind("workspaceId", key.workspaceId()).bind("route", key.route()).bind("key", key.key());
    }
}
