package dev.promptlab.workspace.secret;

import org.jdbi.v3.core.Handle;

/// The one row that tells which master key a database belongs to.
final class KeyCheckStore {
    private KeyCheckStore() {}

    /// The first key that comes stays.
    static byte[] findOrPut(Handle tx, byte[] value) {
        tx.createUpdate("insert into master_key_check (value) values (:value) on conflict do nothing")
                .bind("value", value).execute();
        return tx.createQuery("select value from master_key_check").mapTo(byte[].class).one();
    }

    static boolean exists(Handle handle) {
        return handle.createQuery("select exists (select from master_key_check)").mapTo(Boolean.class).one();
    }
}
