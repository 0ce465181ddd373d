package dev.promptlab.workspace.secret;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import dev.promptlab.db.Database;
import org.jdbi.v3.core.Handle;

/// Seals secrets of workspaces with AES-256-GCM and opens them (docs/adr/0011-envelope-and-rotation.md). A sealed value opens
/// only for the same workspace and purpose, so that a row copied to another workspace, or put to another use, is worthless.
/// Which data key seals is asked each time, and one that is not known yet is looked up, so that a rotation needs no restart.
/// Thread-safe.
public final class DataKeys {
    /// The workspace of secrets that belong to none.
    public static final UUID NO_WORKSPACE = new UUID(0, 0);

    private final Database db;
    private final MasterKey master;
    private final Map<UUID, DataKey> known = new ConcurrentHashMap<>();

    private DataKeys(Database db, MasterKey master) {
        this.db = db;
        this.master = master;
    }

    /// On a database whose keys exist already.
    ///
    /// @param db may read data keys and their wraps
    public static DataKeys in(Database db, MasterKey master) {
        return new DataKeys(db, master);
    }

    /// Makes the first data key when there is none.
    ///
    /// @param db may write data keys
    /// @param master one that the database accepts
    public static DataKeys start(Database db, MasterKey master) {
        db.inTransaction(tx -> {
            DataKeyStore.lock(tx);
            if (DataKeyStore.active(tx).isEmpty()) {
                var first = DataKey.random();
                DataKeyStore.insertActive(tx, first.id());
                DataKeyStore.putWrap(tx, first.id(), master.checkValue(), first.wrap(master));
            }
        });
        return in(db, master);
    }

    /// Seals under the active data key. The transaction must be the one that stores the value: while it runs no rotation passes
    /// by.
    ///
    /// @param purpose a word for what the secret is, with whatever else it must not be separated from
    public byte[] seal(Handle tx, byte[] secret, UUID workspaceId, String purpose) {
        DataKeyStore.lockShared(tx);
        var id = DataKeyStore.active(tx).orElseThrow(() -> new IllegalStateException("there is no data key (bug)"));
        return known.computeIfAbsent(id, _ -> load(tx, id)).seal(secret, workspaceId, purpose);
    }

    /// @param purpose as it was sealed for
    /// @throws MasterKey.WrongKeyException when it was sealed under another key, workspace or purpose, or was changed since
    public byte[] open(byte[] sealed, UUID workspaceId, String purpose) {
        return DataKey.sealed(sealed) ? key(DataKey.idOf(sealed)).open(sealed, workspaceId, purpose)
                : master.open(sealed, workspaceId, purpose);
    }

    private DataKey key(UUID id) {
        return Optional.ofNullable(known.get(id)).orElseGet(() -> {
            var found = db.autocommit(handle -> load(handle, id));
            known.put(id, found);
            return found;
        });
    }

    private DataKey load(Handle handle, UUID id) {
        var wrapped = DataKeyStore.wrapped(handle, id, master.checkValue())
                .orElseThrow(() -> new MasterKey.WrongKeyException(
                        "a secret was sealed under the data key " + id + ", which this master key does not open"));
        return DataKey.unwrap(id, wrapped, master);
    }
}
