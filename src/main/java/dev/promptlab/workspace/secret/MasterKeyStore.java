package dev.promptlab.workspace.secret;

import java.util.List;

import org.jdbi.v3.core.Handle;

/// Which master keys the database accepts: one, and during a rotation the next one beside it.
final class MasterKeyStore {
    private MasterKeyStore() {}

    /// The first key that comes stays.
    static void putFirst(Handle tx, byte[] checkValue) {
        tx.createUpdate(
                """
                        insert into master_key (check_value) select :value where not exists (select from master_key)""")
                .bind("value", checkValue).execute();
    }

    static void put(Handle tx, byte[] checkValue) {
        tx.createUpdate("insert into master_key (check_value) values (:value)").bind("value", checkValue).execute();
    }

    static List<byte[]> accepted(Handle handle) {
        return handle.createQuery("select check_value from master_key order by accepted_at").mapTo(byte[].class).list();
    }

    static boolean exists(Handle handle) {
        return handle.createQuery("select exists (select from master_key)").mapTo(Boolean.class).one();
    }

    /// With what they wrap.
    static void removeOthers(Handle tx, byte[] checkValue) {
        tx.createUpdate("delete from master_key where check_value <> :value").bind("value", checkValue).execute();
    }
}
