package dev.promptlab.workspace.key;

import java.util.List;
import java.util.Optional;

import dev.promptlab.workspace.secret.DataKeys;
import dev.promptlab.workspace.secret.SealedColumn;
import org.jdbi.v3.core.Handle;

/// The one row of `api_key_pepper`.
final class PepperStore implements SealedColumn {
    static Optional<byte[]> find(Handle handle) {
        return handle.createQuery("select sealed from api_key_pepper").mapTo(byte[].class).findOne();
    }

    /// Unless there is one.
    static void put(Handle tx, byte[] sealed) {
        tx.createUpdate("insert into api_key_pepper (sealed) values (:sealed) on conflict do nothing")
                .bind("sealed", sealed).execute();
    }

    @Override
    public String name() {
        return "api_key_pepper.sealed";
    }

    @Override
    public List<Value> listOthers(Handle handle, byte[] header, String after, int limit) {
        return handle.createQuery("""
                select sealed from api_key_pepper
                 where substring(sealed from 1 for length(:header)) <> :header and :after = '' limit :limit""")
                .bind("header", header).bind("after", after).bind("limit", limit)
                .map((row, _) -> new Value("the installation", DataKeys.NO_WORKSPACE, Pepper.PURPOSE,
                        row.getBytes("sealed")))
                .list();
    }

    @Override
    public boolean replace(Handle tx, Value value, byte[] sealed) {
        return tx.createUpdate("update api_key_pepper set sealed = :sealed where sealed = :old")
                .bind("sealed", sealed).bind("old", value.sealed()).execute() == 1;
    }
}
