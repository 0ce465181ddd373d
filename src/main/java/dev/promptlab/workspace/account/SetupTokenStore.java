package dev.promptlab.workspace.account;

import java.time.Duration;

import org.jdbi.v3.core.Handle;

/// The one row of `setup_token`.
final class SetupTokenStore {
    private SetupTokenStore() {}

    /// Unless there is one that is still good.
    ///
    /// @return whether it is this one now
    static boolean insert(Handle tx, byte[] hash, Duration life) {
        return tx.createUpdate("""
                insert into setup_token as t (hash, expires_at) values (:hash, now() + :life)
                on conflict (only_one) do update set hash = excluded.hash, expires_at = excluded.expires_at
                 where t.expires_at < now()""").bind("hash", hash).bind("life", life).execute() == 1;
    }

    /// In place of any other.
    static void put(Handle tx, byte[] hash, Duration life) {
        tx.createUpdate("""
                insert into setup_token (hash, expires_at) values (:hash, now() + :life)
                on conflict (only_one) do update set hash = excluded.hash, expires_at = excluded.expires_at""")
                .bind("hash", hash).bind("life", life).execute();
    }

    /// Uses it up.
    ///
    /// @return false when it is not the one, or not any more
    static boolean take(Handle tx, byte[] hash) {
        return tx.createUpdate("delete from setup_token where hash = :hash and expires_at > now()")
                .bind("hash", hash).execute() == 1;
    }
}
