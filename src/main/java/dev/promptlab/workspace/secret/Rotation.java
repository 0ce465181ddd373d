package dev.promptlab.workspace.secret;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.promptlab.db.Database;
import org.jdbi.v3.core.Handle;

/// Changes the master key while servers run (docs/adr/0011-envelope-and-rotation.md). Two steps, each of which may be killed at
/// any moment and begun again:
///
/// [#begin] lets the database accept a second master key and seals every secret anew under a data key that both open, so that
/// processes may be restarted with the new one, one after the other. [#finish], when all were, seals everything once more under
/// a data key that the old master key never opened, and forgets the old keys.
public final class Rotation {
    private static final int BATCH = 100;

    private final Database db;
    private final MasterKey master;
    private final DataKeys keys;
    private final List<SealedColumn> columns;
    private final Consumer<String> progress;

    /// @param db may read and write sealed columns of every workspace
    /// @param master the key that this process was given
    /// @param progress takes lines for people
    public Rotation(Database db, MasterKey master, List<SealedColumn> columns, Consumer<String> progress) {
        this.db = db;
        this.master = master;
        this.keys = DataKeys.in(db, master);
        this.columns = List.copyOf(columns);
        this.progress = progress;
    }

    /// A rotation that cannot go on, with what to do.
    public static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        RefusedException(String message) {
            super(message);
        }
    }

    /// @param next the key that is to come
    /// @throws RefusedException when another rotation is under way, or a value cannot be opened
    public void begin(MasterKey next) {
        if (next.isOf(master.checkValue())) {
            throw new RefusedException("the new master key is the present one; make another: openssl rand -base64 32");
        }
        progress.accept(db.transaction(tx -> accept(tx, next)) ? "the new master key is accepted"
                : "the new master key is accepted already; going on");
        sealAll();
    }

    /// False when it was already.
    private boolean accept(Handle tx, MasterKey next) {
        DataKeyStore.lock(tx);
        var accepted = MasterKeyStore.accepted(tx);
        if (accepted.stream().anyMatch(next::isOf)) {
            return false;
        }
        if (accepted.size() > 1) {
            throw new RefusedException("a rotation to another master key is under way; end it first: restart every"
                    + " process with that key, then run rotate-master-key --finish");
        }
        MasterKeyStore.put(tx, next.checkValue());
        for (var id : DataKeyStore.ids(tx)) {
            var wrapped = DataKeyStore.wrapped(tx, id, master.checkValue()).orElseThrow();
            DataKeyStore.putWrap(tx, id, next.checkValue(), DataKey.unwrap(id, wrapped, master).wrap(next));
        }
        activate(tx, DataKey.random(), List.of(master, next));
        return true;
    }

    private static void activate(Handle tx, DataKey fresh, List<MasterKey> masters) {
        DataKeyStore.retireActive(tx);
        DataKeyStore.insertActive(tx, fresh.id());
        masters.forEach(one -> DataKeyStore.putWrap(tx, fresh.id(), one.checkValue(), fresh.wrap(one)));
    }

    /// @throws RefusedException when this process was given the old key, or a value cannot be opened
    public void finish() {
        var accepted = db.transaction(MasterKeyStore::accepted);
        if (accepted.size() == 1) {
            progress.accept("nothing to finish: the database accepts one master key");
            return;
        }
        if (!master.isOf(accepted.getLast())) {
            throw new RefusedException("this is the old master key; run --finish with the new one, when every process"
                    + " was restarted with it");
        }
        db.inTransaction(tx -> {
            DataKeyStore.lock(tx);
            if (DataKeyStore.active(tx).map(id -> DataKeyStore.countWraps(tx, id)).orElse(0) != 1) {
                activate(tx, DataKey.random(), List.of(master));
            }
        });
        sealAll();
        db.inTransaction(this::forget);
        progress.accept("the old master key is no longer accepted, and nothing is sealed under it");
    }

    private void forget(Handle tx) {
        DataKeyStore.lock(tx);
        DataKeyStore.seeSealedRows(tx);
        var header = active(tx).header();
        columns.forEach(column -> column.listOthers(tx, header, "", 1).forEach(value -> {
            throw new RefusedException(column.name() + " of " + value.row() + " is still sealed under an older key");
        }));
        DataKeyStore.removeRetired(tx);
        MasterKeyStore.removeOthers(tx, master.checkValue());
    }

    private DataKey active(Handle tx) {
        var id = DataKeyStore.active(tx).orElseThrow();
        return DataKey.unwrap(id, DataKeyStore.wrapped(tx, id, master.checkValue()).orElseThrow(), master);
    }

    /// From here on nobody seals under an older key, so one pass reaches everything.
    private void sealAll() {
        var active = db.transaction(this::active);
        int broken = columns.stream().mapToInt(column -> sealAll(column, active)).sum();
        if (broken > 0) {
            throw new RefusedException(broken + " values cannot be opened with this master key (named above); "
                    + "delete or replace them, then run this again");
        }
    }

    /// How many could not be opened.
    private int sealAll(SealedColumn column, DataKey active) {
        int done = 0;
        int broken = 0;
        var after = "";
        while (true) {
            var from = after;
            var values = onSealedRows(tx -> column.listOthers(tx, active.header(), from, BATCH));
            if (values.isEmpty()) {
                progress.accept(column.name() + ": " + done + " sealed anew");
                return broken;
            }
            for (var value : values) {
                switch (sealAgain(column, value, active)) {
                    case DONE -> done++;
                    case BROKEN -> broken++;
                    case CHANGED -> {} // by somebody who sealed it under the active key
                }
            }
            after = values.getLast().row();
        }
    }

    private <T> T onSealedRows(Function<Handle, T> work) {
        return db.transaction(tx -> {
            DataKeyStore.seeSealedRows(tx);
            return work.apply(tx);
        });
    }

    private enum Result {
        DONE, CHANGED, BROKEN
    }

    private Result sealAgain(SealedColumn column, SealedColumn.Value value, DataKey active) {
        try {
            var secret = keys.open(value.sealed(), value.workspaceId(), value.purpose());
            var fresh = active.seal(secret, value.workspaceId(), value.purpose());
            return onSealedRows(tx -> column.replace(tx, value, fresh)) ? Result.DONE : Result.CHANGED;
        } catch (MasterKey.WrongKeyException e) {
            progress.accept(column.name() + " of " + value.row() + ": " + e.getMessage());
            return Result.BROKEN;
        }
    }
}
